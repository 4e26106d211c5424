// The history of one namespace, as an explanation lists it. Bursts are summed up, so that a history
// of any length takes a limited number of lines and leaves nothing out.

/// An event or a deadline that concerned a namespace, and the counts after it.
package struct HistoryEntry: Equatable, Sendable {
  /// The kinds of entries.
  package enum Kind: Equatable, Sendable {
    /// A connection opened and was greeted with a count.
    case opened(connection: UInt64, greeting: UInt64)

    /// An open connection closed. Its viewer has grace, unless that is nil.
    case closed(connection: UInt64, Grace?)

    /// The daemon ended an open connection. Its viewer has grace, unless that is nil.
    case cut(connection: UInt64, Grace?)

    /// The daemon began anew, and the open connections are gone.
    case restarted(streams: UInt64)

    /// A viewer without a connection was excluded.
    case excluded(viewer: [UInt8])

    /// A ping was answered with a count.
    case pinged(viewer: [UInt8], answer: UInt64)

    /// A client said that its viewer leaves.
    case left(viewer: [UInt8])

    /// Another node gave up the viewer of an arriving connection.
    case arrived(connection: UInt64, from: [UInt8])

    /// Another node has a viewer of this node now.
    case moved(to: [UInt8])

    /// A viewer moved between two other nodes.
    case transferred(from: [UInt8], to: [UInt8])

    /// The meter ended a connection. Its viewer has grace, unless that is nil.
    case ended(connection: UInt64, EndReason, Grace?)

    /// The meter refused a connection.
    case refused(connection: UInt64, RefusalReason)

    /// Pending viewers became members.
    case counted(connections: UInt64)

    /// Members are gone whose grace or ping has ended.
    case gone(viewers: UInt64)

    /// Another node reported its members.
    case peer(node: [UInt8], members: UInt64)

    /// Counts of other nodes expired, or their node sent a goodbye.
    case remoteChanged

    /// A source outside of the cluster reported its count.
    case external(source: [UInt8], members: UInt64)

    /// External counts expired.
    case externalChanged

    /// The state was read from a snapshot, because records are missing or the log begins in the
    /// middle of a run.
    case restored

    /// The namespace was retired.
    case retired

    /// All open connections were sent a count. Only histories of spans list it.
    case notified(count: UInt64, Explanation.Cause)
  }

  /// When it happened.
  package var instant: Instant

  /// What happened.
  package var kind: Kind

  /// The members on all nodes before.
  package var membersBefore: UInt64

  /// The members on all nodes afterwards.
  package var members: UInt64

  /// The pending viewers of this node afterwards.
  package var pending: UInt32
}

/// Entries that followed each other within a short time.
package struct HistoryBurst: Equatable, Sendable {
  /// The largest number of entries that are listed one by one.
  package static let limit = 4

  /// The entries, in order; empty if they are more than the limit.
  package private(set) var entries: ContiguousArray<HistoryEntry>

  /// The first entry, and the last one.
  package private(set) var first: HistoryEntry
  package private(set) var last: HistoryEntry

  /// The number of each sum.
  private var sums = ContiguousArray<UInt64>(repeating: 0, count: HistorySum.allCases.count)

  init(_ entry: HistoryEntry) {
    entries = [entry]
    (first, last) = (entry, entry)
    add(entry)
  }

  /// The number of lines of the burst.
  package var lines: Int { max(entries.count, 1) }

  /// The sums that are not 0, in their order.
  package var totals: [(sum: HistorySum, count: UInt64)] {
    HistorySum.allCases.compactMap { sum in
      sums[sum.rawValue] > 0 ? (sum, sums[sum.rawValue]) : nil
    }
  }

  mutating func append(_ entry: HistoryEntry) {
    add(entry)
    last = entry
    if entries.count == Self.limit { entries = [] }
    if !entries.isEmpty { entries.append(entry) }
  }

  mutating func append(_ next: HistoryBurst) {
    for index in sums.indices { sums[index] += next.sums[index] }
    let isShort = !entries.isEmpty && !next.entries.isEmpty
    entries =
      isShort && entries.count + next.entries.count <= Self.limit ? entries + next.entries : []
    last = next.last
  }

  private mutating func add(_ entry: HistoryEntry) {
    let (sum, count) = entry.kind.sum
    sums[sum.rawValue] += count
  }
}

/// What is added up in a burst.
package enum HistorySum: Int, CaseIterable, Sendable {
  case opens, counted, closes, cuts, restarts, expired, excluded, superseded, stopped, full
  case pings, leaves, exclusions, gone, arrivals, moves, transfers, reports, remoteChanges
  case externalReports, externalChanges
  case states, retirements, notifications
}

extension HistoryEntry.Kind {
  /// The sum of a burst to which the entry adds, and the number that it adds.
  fileprivate var sum: (HistorySum, UInt64) {
    switch self {
    case .opened: (.opens, 1)
    case .counted(let connections): (.counted, connections)
    case .closed: (.closes, 1)
    case .cut: (.cuts, 1)
    case .restarted: (.restarts, 1)
    case .ended(_, .expired, _): (.expired, 1)
    case .ended(_, .excluded, _): (.excluded, 1)
    case .ended(_, .superseded, _): (.superseded, 1)
    case .pinged: (.pings, 1)
    case .left: (.leaves, 1)
    case .excluded: (.exclusions, 1)
    case .gone(let viewers): (.gone, viewers)
    case .arrived: (.arrivals, 1)
    case .moved: (.moves, 1)
    case .transferred: (.transfers, 1)
    case .refused(_, .stopped): (.stopped, 1)
    case .refused(_, .full): (.full, 1)
    case .peer: (.reports, 1)
    case .remoteChanged: (.remoteChanges, 1)
    case .external: (.externalReports, 1)
    case .externalChanged: (.externalChanges, 1)
    case .restored: (.states, 1)
    case .retired: (.retirements, 1)
    case .notified: (.notifications, 1)
    }
  }
}

/// A history in bursts. Entries are in one burst if each follows the one before within `pause`.
package struct NamespaceHistory: Equatable, Sendable {
  /// The largest number of lines.
  package let limit: Int

  /// The bursts, in order.
  package private(set) var bursts: ContiguousArray<HistoryBurst> = []

  /// The longest time between two entries of a burst: a tenth of a second, or as often doubled as
  /// the limit of lines needs.
  package private(set) var pause = Duration.milliseconds(100)

  private var lines = 0

  /// An empty history of at most `limit` lines, which is at least 1.
  package init(limit: Int = 50) {
    self.limit = limit
  }

  /// Adds an entry, which is not before the others. Amortised O(1).
  package mutating func append(_ entry: HistoryEntry) {
    if let last = bursts.last, entry.instant - last.last.instant <= pause {
      lines -= last.lines
      bursts[bursts.count - 1].append(entry)
    } else {
      bursts.append(HistoryBurst(entry))
    }
    lines += bursts[bursts.count - 1].lines
    while lines > limit { coarsen() }
  }

  private mutating func coarsen() {
    pause = pause + pause
    var coarse: ContiguousArray<HistoryBurst> = []
    for burst in bursts {
      if let last = coarse.last, burst.first.instant - last.last.instant <= pause {
        coarse[coarse.count - 1].append(burst)
      } else {
        coarse.append(burst)
      }
    }
    bursts = coarse
    lines = bursts.reduce(0) { $0 + $1.lines }
  }
}
