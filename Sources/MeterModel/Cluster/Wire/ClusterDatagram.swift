// What nodes tell each other, as bytes came in: one map of the old MessagePack, with `sid` and
// `vals` as the original's nodes send and read them (SPEC §6). What is new travels in further keys,
// which old nodes ignore: the table of them is in DatagramKey.swift, and what a node makes of them
// is decided elsewhere.

/// A datagram whose encoding and values are right. Texts are not copied: they are named as ranges
/// of the bytes that were decoded.
package struct ClusterDatagram: Equatable, Sendable {
  /// The longest datagram that is read: what fits into UDP over IPv4. The original packs a hundred
  /// namespaces into each, however long their names are.
  package static let lengthLimit = 65_507

  /// The largest number in a datagram, 2⁵³ − 1: what JavaScript counts exactly.
  package static let maximumNumber: UInt64 = 1 << 53 - 1

  /// A stamp above all that are counted: the exclusion of a request that is no stream.
  package static let latestStamp = maximumNumber

  /// In how many parts a message may travel.
  package static let partsLimit = 64

  /// What the sender counts in one namespace.
  package struct Count: Equatable, Sendable {
    /// 1 to 255 visible ASCII bytes.
    package let name: ByteRange
    package let members: UInt64
    package let connections: UInt64
  }

  /// A message, or a part of it.
  package struct Message: Equatable, Sendable {
    /// Its place among the events of the sender, from 1; the parts of one message share it.
    package let number: UInt64

    /// Which part, from 0, of how many: 1 to `partsLimit`.
    package let part: Int
    package let parts: Int

    /// 1 to 255 visible ASCII bytes.
    package let namespace: ByteRange

    /// Any bytes, perhaps none.
    package let text: ByteRange

    /// How many milliseconds before the datagram was sent it was first said; 0 where that is not told.
    package internal(set) var ago: UInt64 = 0
  }

  /// A viewer id that the sender's node now holds, or was asked to end.
  package struct Exclusion: Equatable, Sendable {
    /// Its place among the events of the sender, from 1.
    package let number: UInt64

    /// 1 to 128 visible ASCII bytes.
    package let viewer: ByteRange

    /// When, on the clock of the cluster's exclusions; `latestStamp` for a request that is no
    /// stream.
    package let stamp: UInt64
  }

  /// A stream that the sender ended because another node's viewer took its id.
  package struct Held: Equatable, Sendable {
    /// Its place among the events of the sender, from 1.
    package let number: UInt64

    /// 1 to 128 visible ASCII bytes.
    package let viewer: ByteRange

    /// The id that the stream carried: 1 to 128 visible ASCII bytes.
    package let stream: ByteRange
  }

  /// Who sent it.
  package internal(set) var session: SessionID

  /// Its number, from 1; nil from a node of the original.
  package internal(set) var sequence: UInt64?

  /// The number of the first datagram of the round of counts that it belongs to.
  package internal(set) var round: UInt64?

  /// The sender's wall clock, UNIX milliseconds.
  package internal(set) var wall: UInt64?

  /// Whether the sender leaves.
  package internal(set) var isGoodbye = false

  /// Whether the round lists every count that the sender has.
  package internal(set) var isFull = false

  /// Who is asked to tell all counts; empty: everybody; nil: nobody.
  package internal(set) var asked: ContiguousArray<SessionID>?

  /// Of one name twice the last holds.
  package internal(set) var counts: ContiguousArray<Count> = []
  package internal(set) var messages: ContiguousArray<Message> = []
  package internal(set) var exclusions: ContiguousArray<Exclusion> = []
  package internal(set) var held: ContiguousArray<Held> = []

  /// Where the code of 32 bytes starts, with which the datagram then ends.
  package internal(set) var macStart: Int?

  /// Decodes a whole datagram. O(n); one allocation for each kind of list that it has. Total:
  /// whatever the bytes are, the answer is what they say or the first thing that is wrong with
  /// them.
  package static func decode(_ bytes: Span<UInt8>) -> Result<ClusterDatagram, DatagramFault> {
    do {
      return .success(try DatagramDecoder.decode(bytes))
    } catch {
      return .failure(error)
    }
  }

  /// Whether a session is among those asked to tell all counts.
  package func asks(_ session: SessionID) -> Bool {
    guard let asked else { return false }
    return asked.isEmpty || asked.contains(session)
  }
}
