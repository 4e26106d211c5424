// The history of one namespace, as an explanation lists it.

/// An event or a deadline that concerned a namespace, and the counts after it.
package struct HistoryEntry: Equatable, Sendable {
  /// The kinds of entries.
  package enum Kind: Equatable, Sendable {
    /// A connection opened and was greeted with a count.
    case opened(connection: UInt64, greeting: UInt64)

    /// An open connection closed.
    case closed(connection: UInt64)

    /// The meter ended a connection.
    case ended(connection: UInt64, EndReason)

    /// The meter refused a connection.
    case refused(connection: UInt64, RefusalReason)

    /// Pending connections became members.
    case counted(connections: UInt64)

    /// Another node reported its members.
    case peer(node: [UInt8], members: UInt64)

    /// Counts of other nodes expired, or their node sent a goodbye.
    case remoteChanged

    /// The state was read from a snapshot, because records are missing or the log begins in the
    /// middle of a run.
    case restored

    /// The namespace was retired.
    case retired
  }

  /// When it happened.
  package var instant: Instant

  /// What happened.
  package var kind: Kind

  /// The members on all nodes afterwards.
  package var members: UInt64

  /// The pending connections of this node afterwards.
  package var pending: UInt32
}

/// The last entries of a history.
package struct NamespaceHistory: Equatable, Sendable {
  /// The largest number of entries that are kept.
  package static let limit = 50

  /// The number of earlier entries that were dropped.
  package private(set) var dropped: UInt64 = 0

  /// The entries that are kept, in order.
  package private(set) var entries: ContiguousArray<HistoryEntry> = []

  package init() {}

  /// Adds an entry, and drops the first one past the limit.
  package mutating func append(_ entry: HistoryEntry) {
    if entries.count == Self.limit {
      entries.removeFirst()
      dropped += 1
    }
    entries.append(entry)
  }
}
