// The second reading of a log for a picture: the curves of the largest namespaces and of all others
// together, and the difference between the audience and the numbers that viewers see. Without a
// picture it is the only reading.

/// The curves of one namespace.
package struct NamespaceCurves: Sendable {
  /// The name of the namespace.
  package let name: [UInt8]

  /// The largest number of this node's members, from the census.
  package let peak: UInt64

  /// The members of this node, external counts included.
  package fileprivate(set) var local: ChartCurve

  /// The members of all nodes.
  package fileprivate(set) var members: ChartCurve

  /// The members of all nodes and the pending connections of this node.
  package fileprivate(set) var audience: ChartCurve

  /// The mean of the numbers that the open connections show; absent while none is open.
  package fileprivate(set) var shown: ChartCurve

  /// The number of the namespace; nil while it does not exist.
  fileprivate var id: NamespaceID?

  /// The present values, also outside of the span.
  fileprivate var values = Values()

  fileprivate struct Values: Equatable {
    var local = ChartCurve.absent
    var members = ChartCurve.absent
    var audience = ChartCurve.absent
    var shown = ChartCurve.absent
  }

  /// Sets the curves to the present values from a time on.
  fileprivate mutating func draw(at time: UInt64) {
    if values.local != local.value { local.set(values.local, at: time) }
    if values.members != members.value { members.set(values.members, at: time) }
    if values.audience != audience.value { audience.set(values.audience, at: time) }
    if values.shown != shown.value { shown.set(values.shown, at: time) }
  }
}

/// Records the part of a replay that is in a span, in the columns of a picture. Precondition: the
/// replay has the detail of changes.
package struct AudienceRecording {
  /// The namespaces of the census, in its order.
  package private(set) var namespaces: ContiguousArray<NamespaceCurves>

  /// The members of this node in all other namespaces together.
  package private(set) var rest: ChartCurve

  /// The axis of time.
  package let timeline: ChartTimeline

  /// The figures of the span.
  package private(set) var figures = SpanFigures()

  /// The deviation of the numbers that viewers see from the audience, counted or not.
  package var fromAudience: Deviation { screens.fromAudience }

  /// The deviation of the numbers that viewers see from the members.
  package var fromMembers: Deviation { screens.fromMembers }

  /// The times at which records are missing, on the axis; the first hundred.
  package private(set) var gaps: ContiguousArray<Range<UInt64>> = []

  /// The place of the replay relative to the span.
  package private(set) var follower: SpanFollower

  private var screens = ScreenRecording()

  /// Whether the deviation is measured, which takes as long as the rest of a recording.
  private let measuresDeviation: Bool
  private var gapStart: Instant?

  /// The instant that the replay has reached in the section.
  private var now = Instant.start

  /// The members of this node in the namespaces without a curve of their own.
  private var others: UInt64 = 0

  /// The place in `namespaces` of each namespace, by its number; or `unknown` or `none`.
  private var places: ContiguousArray<UInt8> = []
  private static let unknown = UInt8.max
  private static let none = UInt8.max - 1

  /// A recording of the namespaces of a census, in `columns` columns. Both readings have the same
  /// span. The deviations stay 0 if they are not to be measured. Precondition: there are fewer than
  /// 250 namespaces.
  package init(
    of largest: ContiguousArray<NamespacePeak>, along timeline: ChartTimeline, columns: Int,
    in span: LogSpan = LogSpan(), measuresDeviation: Bool = true
  ) {
    invariant(largest.count < 250, "a picture of \(largest.count) namespaces")
    let curve = ChartCurve(columns: columns, length: timeline.length)
    namespaces = ContiguousArray(
      largest.map {
        NamespaceCurves(
          name: $0.name, peak: $0.members, local: curve, members: curve, audience: curve,
          shown: curve)
      })
    rest = curve
    self.timeline = timeline
    self.measuresDeviation = measuresDeviation
    follower = SpanFollower(span)
  }

  /// A recording without curves, for a log that is read only once.
  package init(of span: LogSpan) {
    self.init(of: [], along: ChartTimeline([]), columns: 1, in: span)
  }

  /// Takes the latest step of the replay into account. Precondition: the census, if there is one,
  /// was made of the same log.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section(let section):
      endSection()
      begin(section, replay)
    case .applied: take(replay)
    case .restored: restore(replay)
    case .gap(let gap):
      gapStart = gap.since
      screens.suspend(at: gap.since)
    case .end, .torn, .damage:
      pass(to: replay.meter.now)
      endSection()
    case .read, .difference: break
    }
  }

  /// Ends the curves. To be called after the last step.
  package mutating func finish() {
    endSection()
    for place in namespaces.indices {
      namespaces[place].local.finish()
      namespaces[place].members.finish()
      namespaces[place].audience.finish()
      namespaces[place].shown.finish()
    }
    rest.finish()
  }
}

// The steps of the replay.
extension AudienceRecording {
  private mutating func begin(_ section: LogSection, _ replay: borrowing Replay) {
    follower.begin(section)
    screens.begin(
      measuresDeviation && follower.mayEnter ? follower.part : nil,
      ratio: replay.meter.configuration.notifyDeltaRatio)
    forgetPlaces()
    (now, others, gapStart) = (.start, 0, nil)
    figures.note(replay.meter)
  }

  private mutating func forgetPlaces() {
    places.removeAll()
    for place in namespaces.indices {
      namespaces[place].id = nil
      namespaces[place].values = NamespaceCurves.Values()
    }
  }

  private mutating func take(_ replay: borrowing Replay) {
    switch replay.record?.event {
    case .closed(let connection), .cut(let connection):
      guard let namespace = replay.meter.namespace(of: connection) else { break }
      pass(to: replay.meter.now)
      screens.close(
        connection, namespace, open: replay.meter.openConnections(of: namespace), at: now)
    case .restarted:
      pass(to: replay.meter.now)
      screens.closeAll(at: now)
    case .opened, .excluded, .message, .retained, .peer, .bye, .external, .pinged, .left, .arrived,
      .moved, .transferred, nil:
      break
    }
    for effect in replay.effects { take(effect, replay) }
    pass(to: replay.meter.now)
    for namespace in replay.changed {
      let counts = replay.meter.counts(of: namespace)
      screens.update(namespace, counts, at: now)
      sample(namespace, counts, replay)
    }
    if !replay.changed.isEmpty { takeOthers(replay) }
    figures.takePeak(replay.meter, counts: follower.isWithin)
    figures.note(replay.meter)
  }

  private mutating func take(_ effect: Effect, _ replay: borrowing Replay) {
    switch effect.action {
    case .greet(let connection, _, let namespace, let count):
      pass(to: effect.instant)
      if follower.isWithin { figures.opened += 1 }
      screens.greet(connection, namespace, count, at: now)
    case .notify(let namespace, let count):
      pass(to: effect.instant)
      if follower.isWithin {
        figures.notifications += 1
        figures.frames += UInt64(replay.meter.openConnections(of: namespace))
      }
      if screens.notify(namespace, count, at: now) {
        sample(namespace, replay.meter.counts(of: namespace), replay)
      }
    case .end(let connection, _):
      guard let namespace = replay.meter.namespace(of: connection) else { return }
      pass(to: effect.instant)
      screens.end(connection, namespace, at: now)
    case .retire(let namespace):
      pass(to: effect.instant)
      forget(namespace)
    case .message, .send, .pong, .refuse, .reject: break
    }
  }

  private mutating func restore(_ replay: borrowing Replay) {
    screens.suspend(at: gapStart ?? replay.meter.now)
    follower.skip(to: replay.meter.now)
    // The span may end in the gap, before the numbers of the snapshot.
    if follower.isWithin { pass(to: replay.meter.now) }
    forgetPlaces()
    figures.restore(replay.meter, counts: follower.isWithin)
    now = replay.meter.now
    for namespace in replay.changed {
      guard let counts = replay.meter.counts(of: namespace) else { continue }
      screens.restore(namespace, counts, at: now)
      sample(namespace, counts, replay)
    }
    takeOthers(replay)
    pass(to: now)
    if follower.isWithin {
      draw()
      if let gapStart {
        let (start, end) = (time(of: gapStart), time(of: now))
        if start < end, gaps.count < 100 { gaps.append(start..<end) }
      }
    }
    gapStart = nil
  }

  /// Goes on to an instant of the section, at which changes may follow: enters or leaves the span.
  private mutating func pass(to instant: Instant) {
    if follower.enters(by: instant) {
      now = max(follower.part.lowerBound, now)
      figures.enter()
      draw()
    }
    if follower.leaves(by: instant) { close(at: follower.part.upperBound) }
    now = instant
  }

  private mutating func endSection() {
    screens.suspend(at: gapStart ?? now)
    if follower.endSection() { close(at: now) }
  }

  /// Ends the curves of the section at an instant.
  private mutating func close(at end: Instant) {
    figures.leave()
    let time = time(of: end)
    for place in namespaces.indices {
      let values = namespaces[place].values
      namespaces[place].values = NamespaceCurves.Values()
      namespaces[place].draw(at: time)
      namespaces[place].values = values
    }
    if !namespaces.isEmpty { rest.set(ChartCurve.absent, at: time) }
  }
}

// The curves.
extension AudienceRecording {
  private func time(of instant: Instant) -> UInt64 {
    timeline.time(of: instant, inRun: follower.entered - 1)
  }

  /// Sets all curves to their present values.
  private mutating func draw() {
    let time = time(of: now)
    for place in namespaces.indices { namespaces[place].draw(at: time) }
    if !namespaces.isEmpty { rest.set(others, at: time) }
  }

  /// Takes the values of a namespace with these counts; nil if it does not exist.
  private mutating func sample(
    _ namespace: NamespaceID, _ counts: NamespaceCounts?, _ replay: borrowing Replay
  ) {
    let place = place(of: namespace, replay)
    guard place < namespaces.count else { return }
    namespaces[place].id = namespace
    var values = NamespaceCurves.Values()
    if let counts {
      values.local = counts.ownMembers
      values.members = counts.members
      values.audience = counts.audience
      values.shown = screens.mean(of: namespace) ?? ChartCurve.absent
    }
    set(values, place)
  }

  private mutating func set(_ values: NamespaceCurves.Values, _ place: Int) {
    guard values != namespaces[place].values else { return }
    namespaces[place].values = values
    if follower.isWithin { namespaces[place].draw(at: time(of: now)) }
  }

  /// Forgets a namespace. Its number may be used for another name.
  private mutating func forget(_ namespace: NamespaceID) {
    let number = Int(namespace.number)
    guard number < places.count else { return }
    let place = Int(places[number])
    places[number] = Self.unknown
    guard place < namespaces.count else { return }
    namespaces[place].id = nil
    set(NamespaceCurves.Values(), place)
  }

  private mutating func takeOthers(_ replay: borrowing Replay) {
    guard !namespaces.isEmpty else { return }
    // Sums saturate, because external counts may be of any size.
    var drawn: UInt64 = 0
    for place in namespaces.indices where namespaces[place].values.local != ChartCurve.absent {
      drawn = min(drawn + namespaces[place].values.local, Configuration.maximumCount)
    }
    others = replay.meter.ownMembers - min(drawn, replay.meter.ownMembers)
    if follower.isWithin, others != rest.value { rest.set(others, at: time(of: now)) }
  }

  /// The place of a namespace in `namespaces`; past their end if it is not among them.
  private mutating func place(of namespace: NamespaceID, _ replay: borrowing Replay) -> Int {
    guard !namespaces.isEmpty else { return Int(Self.none) }
    let number = Int(namespace.number)
    while places.count <= number { places.append(Self.unknown) }
    if places[number] == Self.unknown {
      let name = replay.reader.name(of: namespace)
      places[number] = namespaces.firstIndex { $0.name == name }.map { UInt8($0) } ?? Self.none
    }
    return Int(places[number])
  }
}
