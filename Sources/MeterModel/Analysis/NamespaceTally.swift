// The figures of each namespace of a log, under its name: a namespace that was retired and created
// again is one.

/// The figures of a namespace, of this node's viewers and external counts only.
package struct NamespaceFigures: Equatable, Sendable {
  /// The most members at one time.
  package var peakMembers: UInt64 = 0

  /// The section, from 1, and the instant at which they were reached first.
  package var peakSection = 0
  package var peakAt = Instant.start

  /// The same on the wall clock; nil if unknown.
  package var peakTime: UTCTime?

  /// The watch time: the sum over all members of the time that they were members, in nanoseconds.
  package var memberNanoseconds: UInt128 = 0

  /// The time with an open connection or a member, in nanoseconds.
  package var audienceNanoseconds: UInt128 = 0

  /// The connections that were greeted.
  package var joins: UInt64 = 0

  /// The viewers that became members.
  package var counted: UInt64 = 0

  package init() {}

  /// The mean of the members while there was an audience, in thousandths; 0 if there was none.
  package var averageInThousandths: UInt64 {
    guard audienceNanoseconds > 0 else { return 0 }
    let (members, rest) = memberNanoseconds.quotientAndRemainder(dividingBy: audienceNanoseconds)
    return UInt64(clamping: members * 1000 + rest * 1000 / audienceNanoseconds)
  }

  /// The watch time in seconds, with three decimals.
  package var watchSeconds: String {
    let milliseconds = memberNanoseconds / 1_000_000
    return "\(milliseconds / 1000).\("\(1000 + milliseconds % 1000)".dropFirst())"
  }

  /// Adds the figures of the same namespace at a later time.
  fileprivate mutating func add(_ later: NamespaceFigures) {
    if later.peakMembers > peakMembers || peakSection == 0 {
      peakMembers = later.peakMembers
      (peakSection, peakAt, peakTime) = (later.peakSection, later.peakAt, later.peakTime)
    }
    // External counts may be of any size.
    memberNanoseconds = memberNanoseconds.addingSaturating(later.memberNanoseconds)
    audienceNanoseconds += later.audienceNanoseconds
    joins += later.joins
    counted += later.counted
  }
}

/// Computes the figures of all namespaces during a replay. Precondition: the replay has the detail
/// of changes.
package struct NamespaceTally {
  /// The largest number of names that are told apart.
  package static let limit: UInt32 = 1_000_000

  /// The figures of all namespaces together. Their peak is the most members at one time.
  package private(set) var total = NamespaceFigures()

  /// The number of times that a namespace was left out because there were too many names.
  package private(set) var leftOut: UInt64 = 0

  private var names: NameTable
  private var figures: ContiguousArray<NamespaceFigures> = []

  /// The state of each namespace of the section, by its number.
  private var places: ContiguousArray<Place> = []
  private var all = Place()
  private var section = 0
  private var wallStart: UTCTime?

  /// Whether the state is that of the meter: not before a section, after it, or in a gap.
  private var isFollowing = false

  /// A namespace since its creation, or all of them.
  private struct Place {
    /// The name; empty before the first change.
    var name: [UInt8] = []
    var figures = NamespaceFigures()
    var members: UInt64 = 0

    /// Whether a connection is open.
    var isOpen = false

    /// The viewers that the meter has counted since the creation.
    var counted: UInt64 = 0

    /// The instant up to which the times are added.
    var since = Instant.start

    mutating func pass(to now: Instant) {
      let time = (now - since).nanoseconds
      figures.memberNanoseconds = figures.memberNanoseconds.addingSaturating(
        UInt128(members) * UInt128(time))
      if isOpen || members > 0 { figures.audienceNanoseconds += UInt128(time) }
      since = now
    }
  }

  /// A tally whose table of names has a key, which must be secret if strangers chose the names.
  package init(key: HashKey) {
    names = NameTable(key: key, limit: Self.limit)
  }

  /// The figures of each namespace, the one with the highest peak first; equal ones in the order of
  /// their names. O(n log n)
  package var largest: [(name: [UInt8], figures: NamespaceFigures)] {
    figures.indices.map { (names.name(of: UInt32($0)) ?? [], figures[$0]) }.sorted {
      $0.figures.peakMembers == $1.figures.peakMembers
        ? $0.name.lexicographicallyPrecedes($1.name)
        : $0.figures.peakMembers > $1.figures.peakMembers
    }
  }

  /// Takes the latest step of the replay into account.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section(let section):
      endSection(at: all.since)
      self.section += 1
      wallStart = section.wallStart.map { UTCTime(unixNanoseconds: $0) }
      isFollowing = true
    case .applied: if isFollowing { follow(replay) }
    case .restored: resume(replay)
    case .gap, .end, .torn, .damage: endSection(at: max(replay.meter.now, all.since))
    case .read, .difference: break
    }
  }

  private mutating func follow(_ replay: borrowing Replay) {
    let now = replay.meter.now
    for namespace in replay.changed { sample(namespace, replay) }
    for effect in replay.effects {
      switch effect.action {
      case .greet(_, _, let namespace, _):
        places[Int(namespace.number)].figures.joins += 1
        all.figures.joins += 1
      case .retire(let namespace): leave(namespace, at: now)
      case .notify, .message, .send, .pong, .end, .refuse, .reject: break
      }
    }
    all.pass(to: now)
    all.members = replay.meter.ownMembers
    all.isOpen = replay.meter.openConnections > 0
    all.figures.counted += replay.meter.countedConnections - all.counted
    all.counted = replay.meter.countedConnections
    notePeak(&all, at: now)
  }

  /// Takes the counts of a namespace from the meter.
  private mutating func sample(_ namespace: NamespaceID, _ replay: borrowing Replay) {
    let now = replay.meter.now
    let index = Int(namespace.number)
    while places.count <= index { places.append(Place()) }
    if places[index].name.isEmpty {
      places[index].name = replay.reader.name(of: namespace)
      places[index].since = now
    }
    places[index].pass(to: now)
    let counts = replay.meter.counts(of: namespace)
    places[index].members = counts?.ownMembers ?? 0
    places[index].isOpen = (counts?.open ?? 0) > 0
    if let counts {
      places[index].figures.counted += counts.counted - min(counts.counted, places[index].counted)
      places[index].counted = counts.counted
    }
    notePeak(&places[index], at: now)
  }

  private func notePeak(_ place: inout Place, at now: Instant) {
    guard place.members > place.figures.peakMembers || place.figures.peakSection == 0 else {
      return
    }
    place.figures.peakMembers = place.members
    place.figures.peakSection = section
    place.figures.peakAt = now
    place.figures.peakTime = wallStart?.time(at: now)
  }

  /// Continues from a snapshot, whose counts are no changes.
  private mutating func resume(_ replay: borrowing Replay) {
    let now = replay.meter.now
    isFollowing = true
    all = Place()
    (all.since, all.counted) = (now, replay.meter.countedConnections)
    for namespace in replay.changed {
      let index = Int(namespace.number)
      while places.count <= index { places.append(Place()) }
      places[index].counted = replay.meter.localConnections(of: namespace)
      sample(namespace, replay)
    }
    all.members = replay.meter.ownMembers
    all.isOpen = replay.meter.openConnections > 0
    notePeak(&all, at: now)
  }

  /// Adds the figures of a namespace to those of its name.
  private mutating func leave(_ namespace: NamespaceID, at now: Instant) {
    let index = Int(namespace.number)
    guard index < places.count, !places[index].name.isEmpty else { return }
    var place = Place()
    swap(&place, &places[index])
    place.pass(to: now)
    guard let number = names.bind(place.name.span) else {
      leftOut += 1
      return
    }
    if Int(number) == figures.count { figures.append(NamespaceFigures()) }
    figures[Int(number)].add(place.figures)
  }

  /// Ends the section, or what stands before a gap.
  private mutating func endSection(at now: Instant) {
    guard isFollowing else { return }
    isFollowing = false
    for index in places.indices { leave(NamespaceID(UInt32(index)), at: now) }
    places.removeAll(keepingCapacity: true)
    all.pass(to: now)
    total.add(all.figures)
    all = Place()
  }
}
