// Streams that are behind: their sockets did not take all that was sent.

import MeterModel

/// The bytes that a stream has still to get. Backlogs wait in the order in which their sockets last
/// took bytes.
struct Backlog: Waiting {
  let slot: UInt32
  var links = QueueLinks()

  /// The instant at which the socket last took bytes.
  var waitsSince: Instant

  /// The rest of a frame, and messages, in the framing of the stream.
  var bytes: ContiguousArray<UInt8> = []

  /// The number of `bytes` that were sent.
  var sent = 0

  /// The newest count, which follows `bytes`; nil for none.
  var owedCount: UInt64?

  /// The number of bytes above which a stream that is behind is closed (§4). The largest frame
  /// fits, as a chunk too.
  static let maximumBytes = MessageLimits.maximumFrame + StreamFraming.maximumOverhead

  /// The same for a stream that observes several namespaces: JSON writes a byte with up to six. The
  /// first event, with a hundred names and their counts, fits too.
  static let maximumBytesOfWatch = 6 * maximumBytes

  /// The time after which a stream is closed whose socket takes nothing (§4).
  static let timeout = Duration.seconds(30)
}
