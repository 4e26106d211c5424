// The figures of a replay (§7).

/// The figures of a replay, all sections together.
package struct ReplayFigures: Equatable, Sendable {
  /// The number of sections.
  package var sections: UInt64 = 0

  /// The number of events; options and ends are none.
  package var records: UInt64 = 0

  /// The time that the sections lasted.
  package var duration = Duration.zero

  /// The times of the wall clock at which the first section begins and the last one ends; nil if
  /// unknown.
  package var begins: UTCTime?
  package var ends: UTCTime?

  /// The number of times that a namespace was created. One that was retired and comes again is
  /// created again.
  package var namespaces: UInt64 = 0

  /// The number of connections that were greeted.
  package var opened: UInt64 = 0

  /// The number of viewers that became members.
  package var counted: UInt64 = 0

  /// The largest number of members of all namespaces together, at one time in one section.
  package var peakMembers: UInt64 = 0

  /// The number of notify effects.
  package var notifications: UInt64 = 0

  /// The digest of all effects; for several sections, the digest of their digests.
  package var digest = Digest()

  /// Whether all checkpoints had the digest that the log has; nil when none was compared.
  package var verified: Bool?

  /// Adds the figures of another run. The new digest is computed from both digests.
  mutating func add(_ other: ReplayFigures) {
    if sections == 0 { begins = other.begins }
    ends = other.ends
    sections += other.sections
    records += other.records
    duration = Duration(nanoseconds: duration.nanoseconds &+ other.duration.nanoseconds)
    namespaces += other.namespaces
    opened += other.opened
    counted += other.counted
    peakMembers = max(peakMembers, other.peakMembers)
    notifications += other.notifications
    digest.combine(other.digest.value)
  }
}

/// Counts the figures during a replay.
struct ReplayTally {
  /// The figures of the sections that are over; records, opened and notifications include the
  /// current one.
  private var past = ReplayFigures()

  /// The digest of the digests of the sections that are over; nil in the first section.
  private var digests: Digest?

  /// The first instant of the current section.
  private var start = Instant.start

  /// The time of the wall clock at the instant 0 of the current section; nil if unknown.
  private var wallStart: UTCTime?

  // The numbers that the meter had counted and created before the replay, according to snapshots.
  private var countedBefore: UInt64 = 0
  private var createdBefore: UInt64 = 0

  /// Whether records are missing and no snapshot has followed.
  private(set) var isSuspended = false

  /// Begins a section. `meter` and `digest` are those of the section before, if there is one.
  mutating func begin(_ section: LogSection, after meter: Meter, _ digest: Digest) {
    if past.sections > 0 {
      past = figures(with: meter, digest)
      digests = past.digest
    }
    past.sections += 1
    wallStart = section.wallStart.map { UTCTime(unixNanoseconds: $0) }
    (start, countedBefore, createdBefore) = (.start, 0, 0)
    isSuspended = false
  }

  /// Begins a gap.
  mutating func suspend() {
    isSuspended = true
  }

  /// Ends a gap, or begins in the middle of a run: `meter` is that of a snapshot and replaces
  /// `former`.
  mutating func restore(_ meter: Meter, insteadOf former: Meter, isFirst: Bool) {
    countedBefore &+= meter.countedConnections &- former.countedConnections
    createdBefore &+= meter.createdNamespaces &- former.createdNamespaces
    if isFirst { start = meter.now }
    isSuspended = false
  }

  /// Counts records and effects of a step. O(n).
  mutating func count(records: Int, _ effects: ContiguousArray<Effect>) {
    past.records += UInt64(records)
    var (opened, notifications) = (UInt64(0), UInt64(0))
    for index in effects.indices {
      switch effects[index].action {
      case .greet: opened &+= 1
      case .notify: notifications &+= 1
      case .message, .send, .pong, .end, .retire, .refuse, .reject: break
      }
    }
    past.opened += opened
    past.notifications += notifications
  }

  /// Compares the digests of a checkpoint; true when they are the first that differ.
  mutating func isFirstDifference(_ expected: Digest, _ digest: Digest) -> Bool {
    if expected == digest {
      if past.verified == nil { past.verified = true }
      return false
    }
    defer { past.verified = false }
    return past.verified != false
  }

  /// The figures so far, with those of the current section, whose meter and digest are given.
  func figures(with meter: Meter, _ digest: Digest) -> ReplayFigures {
    var figures = past
    guard past.sections > 0 else { return figures }
    figures.duration = Duration(
      nanoseconds: past.duration.nanoseconds &+ meter.now.nanoseconds &- start.nanoseconds)
    if past.sections == 1 { figures.begins = wallStart?.time(at: start) }
    figures.ends = wallStart?.time(at: meter.now)
    figures.namespaces += meter.createdNamespaces &- createdBefore
    figures.counted += meter.countedConnections &- countedBefore
    figures.peakMembers = max(figures.peakMembers, meter.peakMembers)
    figures.digest = digest
    if var all = digests {
      all.combine(digest.value)
      figures.digest = all
    }
    return figures
  }
}
