// The deviation is kept for groups of connections. Here it is compared with a sum over every
// connection at each instant.

import MeterModel
import Testing

/// The screens of all connections, one by one.
private struct NaiveScreens {
  /// The deviations of single connections, each with its time in nanoseconds.
  struct Samples {
    private var times: [UInt64: UInt128] = [:]
    private(set) var truths: UInt128 = 0
    private(set) var time: UInt128 = 0
    private(set) var beyond: UInt128 = 0

    mutating func add(shown: UInt64, truth: UInt64, time: UInt64, ratio: Fraction) {
      let deviation = shown > truth ? shown - truth : truth - shown
      times[deviation, default: 0] += UInt128(time)
      truths += UInt128(truth) * UInt128(time)
      self.time += UInt128(time)
      if deviation > ratio.floorOfProduct(with: shown) { beyond += UInt128(time) }
    }

    var sum: UInt128 { times.reduce(0) { $0 + UInt128($1.key) * $1.value } }

    var worst: UInt64 { times.keys.max() ?? 0 }

    /// The least deviation that was not exceeded for a share of the time.
    func quantile(_ permille: UInt128) -> UInt64 {
      var passed: UInt128 = 0
      for (deviation, part) in times.sorted(by: { $0.key < $1.key }) {
        passed += part
        if passed * 1000 >= time * permille { return deviation }
      }
      return 0
    }
  }

  private(set) var audience = Samples()
  private(set) var members = Samples()

  private var meter: Meter
  private var screens: [ConnectionID: (namespace: NamespaceID, shown: UInt64)] = [:]
  private let span: ClosedRange<Instant>

  init(
    _ configuration: Configuration, _ records: [LogRecord], until end: Instant,
    in span: ClosedRange<Instant>
  ) {
    meter = Meter(configuration: configuration)
    self.span = span
    for record in records {
      advance(to: record.instant)
      var effects = EffectBuffer()
      meter.apply(record.event, at: record.instant, into: &effects)
      switch record.event {
      case .closed(let connection), .cut(let connection): screens[connection] = nil
      case .restarted: screens.removeAll()
      case .opened, .excluded, .message, .retained, .peer, .bye, .external, .pinged, .left,
        .arrived, .moved, .transferred:
        break
      }
      take(effects)
    }
    advance(to: end)
  }

  /// Fires all deadlines up to an instant, one instant after the other.
  private mutating func advance(to end: Instant) {
    while let deadline = meter.nextDeadline, deadline <= end { step(to: max(deadline, meter.now)) }
    step(to: end)
  }

  private mutating func step(to instant: Instant) {
    let (start, end) = (max(meter.now, span.lowerBound), min(instant, span.upperBound))
    if start < end { add(time: (end - start).nanoseconds) }
    var effects = EffectBuffer()
    meter.advance(to: instant, into: &effects)
    take(effects)
  }

  private mutating func add(time: UInt64) {
    let ratio = meter.configuration.notifyDeltaRatio
    for (namespace, shown) in screens.values {
      let total = meter.members(of: namespace)
      let pending = UInt64(meter.counts(of: namespace)?.pending ?? 0)
      let most = Configuration.maximumCount
      audience.add(shown: shown, truth: min(total + pending, most), time: time, ratio: ratio)
      members.add(shown: shown, truth: total, time: time, ratio: ratio)
    }
  }

  private mutating func take(_ effects: EffectBuffer) {
    for effect in effects.effects {
      switch effect.action {
      case .greet(let connection, _, let namespace, let count):
        screens[connection] = (namespace, count)
      case .notify(let namespace, let count):
        for (connection, screen) in screens where screen.namespace == namespace {
          screens[connection] = (namespace, count)
        }
      case .end(let connection, _): screens[connection] = nil
      case .message, .send, .pong, .retire, .refuse, .reject: break
      }
    }
  }
}

struct DeviationLawTests {
  private func record(
    _ log: [UInt8], _ detail: Replay.Detail, in span: LogSpan
  ) -> AudienceRecording {
    var recording = AudienceRecording(of: span)
    play(log, detail) { recording.note($0, of: $1) }
    recording.finish()
    return recording
  }

  private func expectEqual(
    _ deviation: Deviation, _ naive: NaiveScreens.Samples, _ place: String
  ) {
    let time = naive.time
    guard time > 0 else {
      #expect(deviation == Deviation(), "\(place)")
      return
    }
    #expect(deviation.meanInThousandths == UInt64(clamping: naive.sum * 1000 / time), "\(place)")
    let relative = naive.truths == 0 ? 0 : naive.sum * 10_000 / naive.truths
    #expect(deviation.meanInBasisPoints == UInt64(clamping: relative), "\(place)")
    // Large values are rounded down by less than a 512th.
    for (value, exact) in [
      (deviation.median, naive.quantile(500)), (deviation.percentile99, naive.quantile(990)),
    ] {
      #expect(value <= exact && exact - value <= exact / 512, "\(place): \(value), \(exact)")
      if exact < 1024 { #expect(value == exact, "\(place)") }
    }
    #expect(deviation.worst == naive.worst, "\(place)")
    let beyond = naive.beyond * 10_000 / time
    #expect(UInt128(deviation.beyondRatioInBasisPoints) == beyond, "\(place)")
  }

  @Test(arguments: SeedRange.few)
  func `the deviation of groups is that of every connection at each instant`(range: SeedRange) {
    var isSeen = false
    // The reference takes the time of all connections at all instants.
    for seed in range.seeds.prefix(12) {
      let log = RandomLog(seed: seed, profile: range.profile)
      let half = Instant(nanoseconds: log.end.nanoseconds / 2)
      let later = Instant(nanoseconds: log.end.nanoseconds / 5 * 4)
      let part = LogSpan(from: .instant(half, section: nil), to: .instant(later, section: nil))
      for (span, times) in [(LogSpan(), .start...log.end), (part, half...later)] {
        let naive = NaiveScreens(
          log.configuration, log.records, until: log.end, in: times)
        for detail in [Replay.Detail.instants, .changes] {
          let recording = record(Array(log.text.utf8), detail, in: span)
          let place = "\(range.profile.rawValue):\(seed) \(times)"
          expectEqual(recording.fromAudience, naive.audience, place)
          expectEqual(recording.fromMembers, naive.members, place)
          isSeen = isSeen || recording.fromAudience.worst > 0
        }
      }
    }
    #expect(isSeen || range.profile == .nonsense, "no log has a deviation")
  }

  @Test func `many different greetings within one min delay are measured nearly as exactly`() {
    var configuration = Configuration()
    configuration.notifyMinDelay = .seconds(30)
    // A thousand open within ten seconds, and half of them close within the next five.
    let records = (0..<1500).map { number in
      let connection = ConnectionID(UInt32(number % 1000))
      let instant = Instant(nanoseconds: UInt64(number) * 10_000_000)
      return LogRecord(
        instant,
        number < 1000
          ? .opened(connection, NamespaceID(0), viewer: .none, after: .none, as: .viewer)
          : .closed(connection))
    }
    let end = Instant.start + .seconds(40)
    let lines = records.map { record in
      let time = record.instant.decimalSeconds
      return switch record.event {
      case .opened(let connection, _, _, _, _): "\(time) open \(connection.number) a"
      case .closed(let connection): "\(time) close \(connection.number)"
      case .excluded, .message, .retained, .peer, .bye, .external, .cut, .restarted, .pinged, .left,
        .arrived, .moved, .transferred:
        ""
      }
    }
    let text =
      "option notify-min-delay 30\noption viewer-ids off\n" + lines.joined(separator: "\n")
      + "\n40 end"
    let naive = NaiveScreens(configuration, records, until: end, in: .start...end).audience
    let deviation = record(Array(text.utf8), .changes, in: LogSpan()).fromAudience
    let mean = Double(naive.sum * 1000 / naive.time)
    #expect(abs(Double(deviation.meanInThousandths) - mean) < mean / 100)
    for (value, exact) in [
      (deviation.median, naive.quantile(500)), (deviation.percentile99, naive.quantile(990)),
      (deviation.worst, naive.worst),
    ] {
      #expect(abs(Int(value) - Int(exact)) <= 10, "\(value), \(exact)")
      #expect(exact > 100)
    }
  }
}
