// The second reading of a log for a picture: the curves of the largest namespaces and of all others
// together, and the difference between the members and what viewers were sent.

/// The curves of one namespace.
package struct NamespaceCurves: Sendable {
  /// The name of the namespace.
  package let name: [UInt8]

  /// The largest number of local members, from the census.
  package let peak: UInt32

  /// The members of this node.
  package fileprivate(set) var local: ChartCurve

  /// The members of all nodes.
  package fileprivate(set) var members: ChartCurve

  /// The count that the open connections were last sent; absent while none is open.
  package fileprivate(set) var told: ChartCurve

  /// The number of the namespace; nil while it does not exist.
  fileprivate var id: NamespaceID?

  /// The counts since `since`; nil while the namespace does not exist.
  fileprivate var latest: NamespaceCounts?

  /// The time on the axis of the latest change of the counts.
  fileprivate var since: UInt64 = 0
}

/// Records a replay in the columns of a picture. Precondition: the replay has the detail of
/// instants.
package struct AudienceRecording {
  /// The namespaces of the census, in its order.
  package private(set) var namespaces: ContiguousArray<NamespaceCurves>

  /// The local members of all other namespaces together.
  package private(set) var rest: ChartCurve

  /// The axis of time.
  package let timeline: ChartTimeline

  /// The number of frames with a notification: one for each connection that was open then.
  package private(set) var frames: UInt64 = 0

  /// The difference between the members and what viewers were sent, in these namespaces.
  package private(set) var deviation = Deviation()

  /// The times at which records are missing, on the axis; the first hundred.
  package private(set) var gaps: ContiguousArray<Range<UInt64>> = []

  private var run = -1
  private var gapStart: UInt64?
  private var knowsPeers = false

  /// The place in `namespaces` of each namespace, by its number; or `unknown` or `none`.
  private var places: ContiguousArray<UInt8> = []
  private static let unknown = UInt8.max
  private static let none = UInt8.max - 1

  /// A recording of the namespaces of a census, in `columns` columns. Precondition: there are fewer
  /// than 250 namespaces.
  package init(
    of largest: ContiguousArray<NamespacePeak>, along timeline: ChartTimeline, columns: Int
  ) {
    invariant(largest.count < 250, "a picture of \(largest.count) namespaces")
    let curve = ChartCurve(columns: columns, length: timeline.length)
    namespaces = ContiguousArray(
      largest.map {
        NamespaceCurves(
          name: $0.name, peak: $0.members, local: curve, members: curve, told: curve)
      })
    rest = curve
    self.timeline = timeline
  }

  /// Takes the latest step of the replay into account. Precondition: the census was made of the
  /// same log.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section:
      closeRun()
      run += 1
      places.removeAll()
      knowsPeers = false
    case .restored:
      places.removeAll()
      for place in namespaces.indices { namespaces[place].id = nil }
      knowsPeers = true
      let time = timeline.time(of: replay.meter.now, inRun: run)
      if let start = gapStart, start < time, gaps.count < 100 { gaps.append(start..<time) }
      gapStart = nil
      take(replay)
    case .applied: take(replay)
    case .gap(let gap): gapStart = timeline.time(of: gap.since, inRun: run)
    case .read, .difference, .end, .torn, .damage: break
    }
  }

  /// Ends the curves. To be called after the last step.
  package mutating func finish() {
    closeRun()
    for place in namespaces.indices {
      namespaces[place].local.finish()
      namespaces[place].members.finish()
      namespaces[place].told.finish()
    }
    rest.finish()
  }

  /// Ends the audiences at the end of a section.
  private mutating func closeRun() {
    guard run >= 0 else { return }
    let end = timeline.time(of: .latest, inRun: run)
    for place in namespaces.indices {
      namespaces[place].id = nil
      record(nil, of: place, at: end)
    }
    rest.set(ChartCurve.absent, at: end)
  }

  private mutating func take(_ replay: borrowing Replay) {
    let time = timeline.time(of: replay.meter.now, inRun: run)
    if case .peer = replay.record?.event { knowsPeers = true }
    for namespace in replay.changed {
      let place = place(of: namespace, replay)
      if place < namespaces.count { sample(place, replay, at: time) }
    }
    for effect in replay.effects {
      switch effect.action {
      case .notify(let namespace, _):
        frames += UInt64(replay.meter.openConnections(of: namespace))
        let place = place(of: namespace, replay)
        if place < namespaces.count { sample(place, replay, at: time) }
      case .retire(let namespace): forget(namespace, at: time)
      case .greet, .message, .end, .refuse, .reject: break
      }
    }
    // A change of another node's counts has no effect of its own.
    if knowsPeers {
      for place in namespaces.indices { sample(place, replay, at: time) }
    }
    let drawn = namespaces.reduce(UInt64(0)) { $0 + UInt64($1.latest?.localMembers ?? 0) }
    let others = replay.meter.localMembers - min(drawn, replay.meter.localMembers)
    if others != rest.value { rest.set(others, at: time) }
  }

  /// The place of a namespace in `namespaces`; past their end if it is not among them.
  private mutating func place(of namespace: NamespaceID, _ replay: borrowing Replay) -> Int {
    let number = Int(namespace.number)
    while places.count <= number { places.append(Self.unknown) }
    if places[number] == Self.unknown {
      let name = replay.reader.name(of: namespace)
      let place = namespaces.firstIndex { $0.name == name }
      places[number] = place.map { UInt8($0) } ?? Self.none
      if let place { namespaces[place].id = namespace }
    }
    return Int(places[number])
  }

  private mutating func forget(_ namespace: NamespaceID, at time: UInt64) {
    let number = Int(namespace.number)
    guard number < places.count else { return }
    let place = Int(places[number])
    places[number] = Self.unknown
    guard place < namespaces.count else { return }
    namespaces[place].id = nil
    record(nil, of: place, at: time)
  }

  private mutating func sample(_ place: Int, _ replay: borrowing Replay, at time: UInt64) {
    record(namespaces[place].id.flatMap { replay.meter.counts(of: $0) }, of: place, at: time)
  }

  /// Records the counts of a namespace; nil if it does not exist any more.
  private mutating func record(_ counts: NamespaceCounts?, of place: Int, at time: UInt64) {
    let former = namespaces[place].latest
    guard counts != former else { return }
    if let former {
      deviation.add(
        told: former.told, members: former.members, viewers: former.open,
        nanoseconds: time - namespaces[place].since)
    }
    namespaces[place].latest = counts
    namespaces[place].since = time
    let told = counts.map { $0.open > 0 ? $0.told : ChartCurve.absent } ?? ChartCurve.absent
    let values = (
      counts.map { UInt64($0.localMembers) } ?? ChartCurve.absent,
      counts?.members ?? ChartCurve.absent
    )
    if values.0 != namespaces[place].local.value { namespaces[place].local.set(values.0, at: time) }
    if values.1 != namespaces[place].members.value {
      namespaces[place].members.set(values.1, at: time)
    }
    if told != namespaces[place].told.value { namespaces[place].told.set(told, at: time) }
  }
}
