// What happened in one namespace between two tellings, as an explanation lists it.

/// One thing that happened in a namespace, and the counts after it.
package struct TellingEntry: Equatable, Sendable {
  package enum What: Equatable, Sendable {
    /// A connection opened and was greeted with a count.
    case opened(connection: UInt64, greeting: UInt64)

    /// An open connection closed.
    case closed(connection: UInt64)

    /// The meter ended a connection.
    case ended(connection: UInt64, EndReason)

    /// The meter did not let a connection in.
    case refused(connection: UInt64, RefusalReason)

    /// Connections have been pending for long enough and are members now.
    case counted(connections: UInt64)

    /// Another node said its count.
    case peer(node: [UInt8], members: UInt64)

    /// Other nodes' counts changed without a word: they timed out or said goodbye.
    case remoteChanged

    /// The state was read from the log: records are missing, or it begins in the middle of a run.
    case restored

    /// The namespace was forgotten.
    case retired
  }

  package var instant: Instant
  package var what: What

  /// Members of all nodes afterwards, and pending connections.
  package var members: UInt64
  package var pending: UInt32
}

/// The last few entries of a history that may be long.
package struct TellingHistory: Equatable, Sendable {
  /// How many entries are kept at most.
  package static let limit = 50

  /// How many there were before those that are kept.
  package private(set) var dropped: UInt64 = 0

  private var ring: ContiguousArray<TellingEntry> = []
  private var first = 0

  package init() {}

  /// The entries that are kept, in order.
  package var entries: ContiguousArray<TellingEntry> {
    ContiguousArray(ring[first...] + ring[..<first])
  }

  package mutating func append(_ entry: TellingEntry) {
    guard ring.count == Self.limit else { return ring.append(entry) }
    ring[first] = entry
    first = (first + 1) % Self.limit
    dropped += 1
  }
}
