// The second reading of a log that is to be drawn: the curves of the largest namespaces and of all others
// together, and how far what was told was from the truth.

/// What a picture shows of one namespace.
package struct NamespaceCurves: Sendable {
  package let name: [UInt8]

  /// The most local members at once, as the census found them.
  package let peak: UInt32

  /// Members of this node.
  package fileprivate(set) var local: ChartCurve

  /// Members of all nodes: what is true.
  package fileprivate(set) var members: ChartCurve

  /// What the open connections were last told; absent while there are none.
  package fileprivate(set) var told: ChartCurve

  /// The namespace's number while it exists.
  fileprivate var id: NamespaceID?
  fileprivate var latest: NamespaceCounts?
  fileprivate var since: UInt64 = 0
}

/// Records a replay in the columns of a picture. Precondition throughout: the replay goes into the detail of
/// instants.
package struct AudienceRecording {
  /// The namespaces of the census, in its order.
  package private(set) var namespaces: ContiguousArray<NamespaceCurves>

  /// The local members of all other namespaces together.
  package private(set) var rest: ChartCurve

  package let timeline: ChartTimeline

  /// Writes of a count to an open connection: for each notification as many as were open.
  package private(set) var frames: UInt64 = 0

  /// How far what was told was from the truth in these namespaces.
  package private(set) var deviation = Deviation()

  /// When records are missing, as places on the time axis; the first hundred.
  package private(set) var gaps: ContiguousArray<Range<UInt64>> = []

  private var run = -1
  private var gapStart: UInt64?
  private var knowsPeers = false

  /// Which namespace of the picture has a number: its place, or one of two marks.
  private var places: ContiguousArray<UInt8> = []
  private static let unasked = UInt8.max
  private static let none = UInt8.max - 1

  /// Precondition: fewer than 250 namespaces.
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

  /// Takes the replay's latest step in. Precondition: the census has seen the same log.
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

  /// No more steps come.
  package mutating func finish() {
    closeRun()
    for place in namespaces.indices {
      namespaces[place].local.finish()
      namespaces[place].members.finish()
      namespaces[place].told.finish()
    }
    rest.finish()
  }

  /// The audience goes when a section ends.
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
    // What other nodes say, and what is forgotten of it, shows in no effect.
    if knowsPeers {
      for place in namespaces.indices { sample(place, replay, at: time) }
    }
    let drawn = namespaces.reduce(UInt64(0)) { $0 + UInt64($1.latest?.localMembers ?? 0) }
    let others = replay.meter.localMembers - min(drawn, replay.meter.localMembers)
    if others != rest.value { rest.set(others, at: time) }
  }

  /// Where a namespace is in the picture; past the end if it is not.
  private mutating func place(of namespace: NamespaceID, _ replay: borrowing Replay) -> Int {
    let number = Int(namespace.number)
    while places.count <= number { places.append(Self.unasked) }
    if places[number] == Self.unasked {
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
    places[number] = Self.unasked
    guard place < namespaces.count else { return }
    namespaces[place].id = nil
    record(nil, of: place, at: time)
  }

  private mutating func sample(_ place: Int, _ replay: borrowing Replay, at time: UInt64) {
    record(namespaces[place].id.flatMap { replay.meter.counts(of: $0) }, of: place, at: time)
  }

  /// What became of a namespace; nil if it is not there any more.
  private mutating func record(_ telling: NamespaceCounts?, of place: Int, at time: UInt64) {
    let former = namespaces[place].latest
    guard telling != former else { return }
    if let former {
      deviation.add(
        told: former.told, members: former.members, viewers: former.open,
        nanoseconds: time - namespaces[place].since)
    }
    namespaces[place].latest = telling
    namespaces[place].since = time
    let told = telling.map { $0.open > 0 ? $0.told : ChartCurve.absent } ?? ChartCurve.absent
    let values = (
      telling.map { UInt64($0.localMembers) } ?? ChartCurve.absent,
      telling?.members ?? ChartCurve.absent
    )
    if values.0 != namespaces[place].local.value { namespaces[place].local.set(values.0, at: time) }
    if values.1 != namespaces[place].members.value {
      namespaces[place].members.set(values.1, at: time)
    }
    if told != namespaces[place].told.value { namespaces[place].told.set(told, at: time) }
  }
}
