// What a replay amounts to.

/// The figures of a replay, all sections together.
package struct ReplayFigures: Equatable, Sendable {
  package var sections: UInt64 = 0

  /// Events; options and ends are none.
  package var records: UInt64 = 0

  /// How long the sections lasted, in nanoseconds.
  package var duration = Duration.zero

  /// Namespaces created.
  package var namespaces: UInt64 = 0

  /// Connections that were greeted.
  package var opened: UInt64 = 0

  /// Connections that became members.
  package var counted: UInt64 = 0

  /// The most members of all namespaces together, at one time in one section.
  package var peakMembers: UInt64 = 0

  /// Notify effects.
  package var notifications: UInt64 = 0

  /// That of all effects; of several sections, that of their digests.
  package var digest = Digest()

  /// Whether all checkpoints were right; nil when none was compared.
  package var verified: Bool?

  /// Adds those of another run, whose digest is combined with this one's.
  mutating func add(_ other: ReplayFigures) {
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

/// Adds the figures up while a replay goes on.
struct ReplayTally {
  /// Those of the sections that are over; records, openings and notifications also of the present one.
  private var past = ReplayFigures()

  private var digests: Digest?
  private var start = Instant.start

  /// What the meter had counted and created before it was replayed, as it was restored from a snapshot.
  private var countedBefore: UInt64 = 0
  private var createdBefore: UInt64 = 0

  /// Whether records are missing, and no snapshot has come since.
  private(set) var isSuspended = false

  /// A section begins, after one that `meter` and `digest` are of, if any.
  mutating func begin(after meter: Meter, _ digest: Digest) {
    if past.sections > 0 {
      past = figures(with: meter, digest)
      digests = past.digest
    }
    past.sections += 1
    (start, countedBefore, createdBefore) = (.start, 0, 0)
    isSuspended = false
  }

  mutating func suspend() {
    isSuspended = true
  }

  /// The meter goes on from a snapshot instead of what it was.
  mutating func restore(_ meter: Meter, insteadOf former: Meter, isFirst: Bool) {
    countedBefore &+= meter.countedConnections &- former.countedConnections
    createdBefore &+= meter.createdNamespaces &- former.createdNamespaces
    if isFirst { start = meter.now }
    isSuspended = false
  }

  /// Counts what was applied.
  mutating func note(records: Int, _ effects: ContiguousArray<Effect>) {
    past.records += UInt64(records)
    var (opened, notifications) = (UInt64(0), UInt64(0))
    for index in effects.indices {
      switch effects[index].action {
      case .greet: opened &+= 1
      case .notify: notifications &+= 1
      case .message, .end, .retire, .refuse, .reject: break
      }
    }
    past.opened += opened
    past.notifications += notifications
  }

  /// Compares a checkpoint; true when it is the first that differs.
  mutating func isFirstDifference(_ expected: Digest, _ digest: Digest) -> Bool {
    if expected == digest {
      if past.verified == nil { past.verified = true }
      return false
    }
    defer { past.verified = false }
    return past.verified != false
  }

  /// The figures, those of the present section included.
  func figures(with meter: Meter, _ digest: Digest) -> ReplayFigures {
    var figures = past
    guard past.sections > 0 else { return figures }
    figures.duration = Duration(
      nanoseconds: past.duration.nanoseconds &+ meter.now.nanoseconds &- start.nanoseconds)
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
