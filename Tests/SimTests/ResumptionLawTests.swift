// The law of resumption (§2 rules 6, 8 and 18): a page that loses its stream and comes back, and a
// second tab of one shared viewer id, change members and connections at no instant. A meter and one
// that gets more streams of the same viewers have the same counts after every event.

import MeterModel
import Testing

struct ResumptionLawTests {
  @Test(arguments: SeedRange.resumption)
  func `streams that resume a viewer or take another's place change no count`(range: SeedRange) {
    for mode in ViewerIDMode.allCases {
      expectSameCounts(range) { log in
        log.configuration.viewerIDs = mode
        // Of those who return after a restart, the first get grace, up to the limit.
        if log.steps.contains(where: { $0.event == .restarted }) {
          log.configuration.maximumConnections = .max
        }
        return [.supersession, .resumption]
      }
    }
  }

  @Test(arguments: SeedRange.resumption)
  func `further tabs of shared viewer ids change no count`(range: SeedRange) {
    expectSameCounts(range) { log in
      log.configuration.viewerIDs = .shared
      // Tabs take places of streams.
      log.configuration.maximumConnections = .max
      return [.tab]
    }
  }

  /// Compares the counts of random logs with and without additions. `adjust` sets the log's
  /// configuration and returns the kinds of additions.
  private func expectSameCounts(
    _ range: SeedRange, adjust: (inout RandomLog) -> [Addition]
  ) {
    var additions = 0
    for seed in range.seeds {
      var log = RandomLog(seed: seed, profile: range.profile)
      let kinds = adjust(&log)
      // The maximum duration of a viewer's next stream begins anew.
      log.configuration.maximumConnectionDuration = .zero
      var run = AddedRun(log, kinds)
      let wrong = run.firstDifference()
      #expect(
        wrong == nil,
        """
        \(range.profile) \(seed): \(wrong ?? "")
        \(log.text)
        with additions:
        \(run.added.joined(separator: "\n"))
        """)
      additions += run.added.count
    }
    let isSuitable = range.profile == .shared && range.seeds.count >= 10
    #expect(additions > 0 || !isSuitable, "nothing was added to \(range)")
  }
}

extension SeedRange {
  /// A part of the seeds, for laws that play each log twice.
  fileprivate static let resumption = all.map {
    SeedRange(profile: $0.profile, seeds: $0.seeds.prefix(20))
  }
}

/// What is added to a log.
private enum Addition {
  /// A stream that comes after an open one.
  case supersession

  /// A stream that comes after one that was just lost, and is lost like that one.
  case resumption

  /// A second stream of an open viewer with an id.
  case tab
}

/// An open stream of the log, and the stream of the added run that has its viewer.
private struct OpenStream {
  let ordinal: ConnectionOrdinal
  let namespace: NamespaceID
  let viewer: ViewerID
  let kind: StreamKind
  var key: ConnectionKey
  var tab: ConnectionID?
}

/// A run of a log and, beside it, one with additions.
private struct AddedRun {
  private let log: RandomLog
  private let kinds: [Addition]
  private var source: RandomSource
  private var plain: Meter
  private var other: Meter
  private var plainEffects = EffectBuffer()
  private var otherEffects = EffectBuffer()

  /// The open streams, by their numbers in the log, and the streams that those numbers named last.
  private var open: [ConnectionID: OpenStream] = [:]
  private var names: [ConnectionID: ConnectionKey] = [:]
  private var slots: [ConnectionID: ConnectionID] = [:]
  private var plainOrdinal = ConnectionOrdinal.none
  private var otherOrdinal = ConnectionOrdinal.none
  private var lastAdded: UInt32 = 1000

  /// The additions so far, for the report.
  private(set) var added: [String] = []

  init(_ log: RandomLog, _ kinds: [Addition]) {
    self.log = log
    self.kinds = kinds
    source = RandomSource(seed: UInt64(log.steps.count)).fork("additions")
    plain = Meter(configuration: log.configuration)
    other = Meter(configuration: log.configuration)
  }

  /// The first difference of the counts; nil if there is none.
  mutating func firstDifference() -> String? {
    for (step, record) in zip(log.steps, log.records) {
      let lost = apply(step, record)
      if let wrong = difference(at: record.instant) { return wrong }
      add(at: record.instant, lost: lost)
      if let wrong = difference(at: record.instant) { return wrong }
    }
    return difference(at: log.end)
  }

  /// Applies a record to both meters. Returns the stream that was lost by it, if its viewer has
  /// grace.
  private mutating func apply(_ step: RandomLog.Step, _ record: LogRecord) -> Lost? {
    let connection = step.event.connection
    let former = connection.flatMap { open[$0] }
    if let tab = former?.tab, let connection {
      // The tab closes first, so that the viewer's last stream is that of the log.
      open[connection]?.tab = nil
      feed(.closed(tab), at: record.instant)
    }
    let (before, event) = (open, translated(step))
    plainEffects.removeAll()
    plain.apply(record.event, at: record.instant, into: &plainEffects)
    feed(event, at: record.instant)
    follow(step)
    closeTabs(of: before, at: record.instant)
    guard let connection, let former, open[connection] == nil, hasGrace(former) else { return nil }
    switch step.event {
    case .closed: return Lost(number: connection, stream: former, isCut: false)
    case .cut: return Lost(number: connection, stream: former, isCut: true)
    default: return nil
    }
  }

  private func hasGrace(_ stream: OpenStream) -> Bool {
    plain.snapshot.departures.contains {
      $0.ordinal == stream.ordinal
        || stream.viewer != .none && $0.viewer == stream.viewer
          && $0.namespace == stream.namespace
    }
  }

  private struct Lost {
    let number: ConnectionID
    let stream: OpenStream
    let isCut: Bool
  }

  /// The event for the meter with additions.
  private mutating func translated(_ step: RandomLog.Step) -> Event {
    let after = step.after.flatMap { names[$0] } ?? .none
    switch step.event {
    case .opened(let connection, let namespace, let viewer, _, let kind):
      let slot = open[connection]?.key.connection ?? connection
      slots[connection] = slot
      return .opened(slot, namespace, viewer: viewer, after: after, as: kind)
    case .closed(let connection): return .closed(slots[connection] ?? connection)
    case .cut(let connection): return .cut(slots[connection] ?? connection)
    case .arrived(let connection, let node):
      return .arrived(slots[connection] ?? connection, from: node)
    case .moved(_, let node): return .moved(after, to: node)
    default: return step.event
    }
  }

  /// Notes which streams are open after a record.
  private mutating func follow(_ step: RandomLog.Step) {
    switch step.event {
    case .opened(let connection, let namespace, let viewer, _, let kind):
      plainOrdinal = plainOrdinal.next
      let key = ConnectionKey(slots[connection] ?? connection, otherOrdinal)
      names[connection] = key
      for effect in plainEffects.effects {
        guard case .greet(connection, ordinal: plainOrdinal, _, _) = effect.action else { continue }
        open[connection] = OpenStream(
          ordinal: plainOrdinal, namespace: namespace, viewer: effective(viewer, kind),
          kind: kind == .arriving && effective(viewer, kind) != .none ? .viewer : kind, key: key)
      }
    case .closed(let connection), .cut(let connection): open[connection] = nil
    case .restarted: open = [:]
    default: break
    }
    for effect in plainEffects.effects {
      guard case .end(let connection, _) = effect.action else { continue }
      open[connection] = nil
    }
  }

  private func effective(_ viewer: ViewerID, _ kind: StreamKind) -> ViewerID {
    log.configuration.viewerIDs == .off || kind == .observer ? .none : viewer
  }

  /// Closes the tabs of streams that are not open any more.
  private mutating func closeTabs(of before: [ConnectionID: OpenStream], at instant: Instant) {
    for (number, stream) in before {
      if let tab = stream.tab, open[number]?.ordinal != stream.ordinal {
        feed(.closed(tab), at: instant)
      }
    }
  }

  /// Gives an event to the meter with additions alone.
  private mutating func feed(_ event: Event, at instant: Instant) {
    if case .opened = event { otherOrdinal = otherOrdinal.next }
    other.apply(event, at: instant, into: &otherEffects)
    otherEffects.removeAll()
  }

  private mutating func add(at instant: Instant, lost: Lost?) {
    guard source.chance(1, in: 3) else { return }
    switch source.choose(kinds) {
    case .supersession: supersede(at: instant)
    case .resumption: if let lost { resume(lost, at: instant) }
    case .tab: addTab(at: instant)
    }
  }

  private mutating func supersede(at instant: Instant) {
    let streams = open.filter { $0.value.kind != .observer && mayReplace($0.value.ordinal) }
    guard let number = chosen(of: streams), let stream = open[number] else { return }
    let key = openAdded(stream, after: stream.key, at: instant)
    note("open \(key.connection.number) after=\(number.number)", instant)
    open[number]?.key = key
    names[number] = names[number] == stream.key ? key : names[number]
    slots[number] = key.connection
  }

  private mutating func resume(_ lost: Lost, at instant: Instant) {
    guard mayReplace(lost.stream.ordinal) else { return }
    let key = openAdded(lost.stream, after: lost.stream.key, at: instant)
    note("open \(key.connection.number) after=\(lost.number.number), lost", instant)
    feed(lost.isCut ? .cut(key.connection) : .closed(key.connection), at: instant)
    if names[lost.number] == lost.stream.key { names[lost.number] = key }
  }

  private mutating func addTab(at instant: Instant) {
    let streams = open.filter { $0.value.viewer != .none && $0.value.tab == nil }
    guard let number = chosen(of: streams), let stream = open[number] else { return }
    let key = openAdded(stream, after: .none, at: instant)
    note("open \(key.connection.number) beside \(number.number)", instant)
    open[number]?.tab = key.connection
  }

  /// Whether another stream may have the place of this one in the order of opening. Exclusive ids
  /// judge that order, so there only the latest may be replaced.
  private func mayReplace(_ ordinal: ConnectionOrdinal) -> Bool {
    log.configuration.viewerIDs != .exclusive || ordinal == plainOrdinal
  }

  private mutating func openAdded(
    _ stream: OpenStream, after: ConnectionKey, at instant: Instant
  ) -> ConnectionKey {
    lastAdded += 1
    let connection = ConnectionID(lastAdded)
    feed(
      .opened(connection, stream.namespace, viewer: stream.viewer, after: after, as: .viewer),
      at: instant)
    return ConnectionKey(connection, otherOrdinal)
  }

  private mutating func chosen(of streams: [ConnectionID: OpenStream]) -> ConnectionID? {
    let numbers = streams.keys.sorted { $0.number < $1.number }
    return numbers.isEmpty ? nil : source.choose(numbers)
  }

  private mutating func note(_ text: String, _ instant: Instant) {
    added.append("\(instant.decimalSeconds) \(text)")
  }

  /// The first difference after the deadlines of an instant; nil if there is none.
  private mutating func difference(at instant: Instant) -> String? {
    plainEffects.removeAll()
    plain.advance(to: instant, into: &plainEffects)
    for effect in plainEffects.effects {
      if case .end(let connection, _) = effect.action { open[connection] = nil }
    }
    other.advance(to: instant, into: &otherEffects)
    other.audit()
    for number in 0..<UInt32(12) {
      let right = plain.statistics(of: NamespaceID(number))
      let shown = other.statistics(of: NamespaceID(number))
      guard right?.members == shown?.members, right?.connections == shown?.connections,
        right?.peak == shown?.peak, right?.memberSeconds == shown?.memberSeconds
      else {
        return "at \(instant.decimalSeconds) namespace \(number) has \(String(describing: shown))"
          + ", not \(String(describing: right))"
      }
    }
    return nil
  }
}

extension Event {
  /// The connection that the event is about, if it ends or opens one.
  fileprivate var connection: ConnectionID? {
    switch self {
    case .opened(let connection, _, _, _, _), .closed(let connection), .cut(let connection):
      connection
    default: nil
    }
  }
}
