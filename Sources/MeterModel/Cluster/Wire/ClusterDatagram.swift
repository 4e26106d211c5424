// The decoded form of a datagram (§6): one map in the MessagePack of before 2013. Its keys `sid`
// and `vals` are those that legacy nodes send and read. Further keys carry everything else; legacy
// nodes ignore them. DatagramKey.swift lists the keys.

/// A datagram with a valid encoding and valid values. Texts are not copied: they are ranges of the
/// bytes that were decoded.
package struct ClusterDatagram: Equatable, Sendable {
  /// The maximum length of a datagram that is read: the capacity of UDP over IPv4. Legacy nodes put
  /// a hundred namespaces into each datagram, however long their names are.
  package static let lengthLimit = 65_507

  /// The maximum number in a datagram, 2⁵³ − 1: the largest that JavaScript represents exactly.
  package static let maximumNumber: UInt64 = 1 << 53 - 1

  /// A stamp above all that are computed: the exclusion by a plain request.
  package static let latestStamp = maximumNumber

  /// The maximum number of parts of a message.
  package static let partsLimit = 64

  /// The counts of the sender in one namespace.
  package struct Count: Equatable, Sendable {
    /// The namespace's name: 1 to 255 visible ASCII bytes.
    package let name: ByteRange

    /// The members and the connections that the sender counts there, at most `maximumNumber` each.
    package let members: UInt64
    package let connections: UInt64
  }

  /// A message, or a part of one.
  package struct Message: Equatable, Sendable {
    /// The number of the event at the sender, from 1. All parts of a message have the same one.
    package let number: UInt64

    /// The number of the part, from 0, and the number of parts, 1 to `partsLimit`.
    package let part: Int
    package let parts: Int

    /// The namespace's name: 1 to 255 visible ASCII bytes.
    package let namespace: ByteRange

    /// The bytes of the part; any, or none.
    package let text: ByteRange

    /// The age of the message when the datagram was sent, in milliseconds; 0 if the datagram has
    /// none.
    package internal(set) var ago: UInt64 = 0
  }

  /// A viewer id that a stream of the sender holds now, or that a plain request excluded there.
  package struct Exclusion: Equatable, Sendable {
    /// The number of the event at the sender, from 1.
    package let number: UInt64

    /// The viewer id: 1 to 128 visible ASCII bytes.
    package let viewer: ByteRange

    /// The time on the clock of the cluster's exclusions; `latestStamp` for a plain request.
    package let stamp: UInt64
  }

  /// A stream that the sender ended because a viewer of another node took its id.
  package struct Held: Equatable, Sendable {
    /// The number of the event at the sender, from 1.
    package let number: UInt64

    /// The viewer id: 1 to 128 visible ASCII bytes.
    package let viewer: ByteRange

    /// The id of the stream: 1 to 128 visible ASCII bytes.
    package let stream: ByteRange
  }

  /// A retained text, or a part of one.
  package struct Text: Equatable, Sendable {
    /// The names of the namespace and the service: 1 to 255 visible ASCII bytes.
    package let namespace: ByteRange
    package let service: ByteRange

    /// The time on the clock of the cluster's stamps.
    package let time: UInt64

    /// The number of the part, from 0, and the number of parts, 1 to `partsLimit`.
    package let part: Int
    package let parts: Int

    /// The bytes of the part; any, or none.
    package let text: ByteRange
  }

  /// A retained text that the sender has.
  package struct Kept: Equatable, Sendable {
    /// The names of the namespace and the service: 1 to 255 visible ASCII bytes.
    package let namespace: ByteRange
    package let service: ByteRange

    /// The stamp of the text.
    package let time: UInt64
    package let check: UInt64
  }

  /// A retained text that the sender asks a node for.
  package struct Wanted: Equatable, Sendable {
    /// The session of the node.
    package let session: SessionID

    /// The names of the namespace and the service: 1 to 255 visible ASCII bytes.
    package let namespace: ByteRange
    package let service: ByteRange
  }

  /// The session id of the sender.
  package internal(set) var session: SessionID

  /// The number of the datagram, from 1; nil from a legacy node.
  package internal(set) var sequence: UInt64?

  /// The number of the first datagram of the same round of counts.
  package internal(set) var round: UInt64?

  /// The sender's wall clock, in UNIX milliseconds.
  package internal(set) var wall: UInt64?

  /// Whether the sender leaves the cluster.
  package internal(set) var isGoodbye = false

  /// Whether the round contains all counts of the sender.
  package internal(set) var isFull = false

  /// The nodes that are asked for all their counts; empty for all nodes, nil for none.
  package internal(set) var asked: ContiguousArray<SessionID>?

  /// The counts. If a name occurs twice, the last one is valid.
  package internal(set) var counts: ContiguousArray<Count> = []

  /// The fault of each count that was skipped, `badName` or `badNumber`. Only datagrams of legacy
  /// nodes have any.
  package internal(set) var skipped: ContiguousArray<DatagramFault> = []

  /// The messages, or parts of them.
  package internal(set) var messages: ContiguousArray<Message> = []

  /// The exclusions.
  package internal(set) var exclusions: ContiguousArray<Exclusion> = []

  /// The streams that the sender ended for viewers of other nodes.
  package internal(set) var held: ContiguousArray<Held> = []

  /// The retained texts, or parts of them, those that the sender has, and those that it asks for.
  package internal(set) var texts: ContiguousArray<Text> = []
  package internal(set) var kept: ContiguousArray<Kept> = []
  package internal(set) var wanted: ContiguousArray<Wanted> = []

  /// The offset of the message code, with whose 32 bytes the datagram ends; nil if it has none.
  package internal(set) var macStart: Int?

  /// Decodes a whole datagram. O(n), with one allocation for each kind of list that the datagram
  /// has. Any bytes give a datagram or the first fault in them.
  package static func decode(_ bytes: Span<UInt8>) -> Result<ClusterDatagram, DatagramFault> {
    do {
      return .success(try DatagramDecoder.decode(bytes))
    } catch {
      return .failure(error)
    }
  }

  /// Whether a session is among the nodes that are asked for all their counts.
  package func asks(_ session: SessionID) -> Bool {
    guard let asked else { return false }
    return asked.isEmpty || asked.contains(session)
  }
}
