// What goes wrong between a viewer and the daemon's edge, and what is wrong with the daemon's time.

/// How often what goes wrong. The rates are out of 65,536; faults cease at `end`.
struct EdgeFaults {
  /// The open never arrives; the close does.
  var lostOpens: UInt64 = 0

  /// The open arrives twice.
  var repeatedOpens: UInt64 = 0

  /// The close comes before the open, so the connection is half-open from the start.
  var overtakenOpens: UInt64 = 0

  /// The viewer is gone without a word; the close comes when the connection is found dead, up to the max
  /// delay and 30 s later.
  var lostCloses: UInt64 = 0

  /// The close arrives twice.
  var repeatedCloses: UInt64 = 0

  /// Stretches of which all events come at the end, on one instant.
  var stalls: [Range<UInt32>] = []

  /// Where nothing happens for a long time: the clock leaps ahead.
  var leaps: [(tick: UInt32, length: Duration)] = []
  var end: UInt32 = 0

  /// A few of each, until seven eighths of the time.
  static func ordinary(
    for workload: Workload, _ configuration: Configuration, _ source: RandomSource
  ) -> EdgeFaults {
    drawn(for: workload, configuration, source, maximumRate: 64, maximumBends: 3)
  }

  /// Rates up to `maximumRate`, and as many stalls and leaps as `maximumBends` at most.
  static func drawn(
    for workload: Workload, _ configuration: Configuration, _ source: RandomSource,
    maximumRate: UInt64, maximumBends: UInt64
  ) -> EdgeFaults {
    var source = source
    var faults = EdgeFaults()
    faults.lostOpens = source.below(maximumRate + 1)
    faults.repeatedOpens = source.below(maximumRate + 1)
    faults.overtakenOpens = source.below(maximumRate + 1)
    faults.lostCloses = source.below(maximumRate * 4 + 1)
    faults.repeatedCloses = source.below(maximumRate + 1)
    faults.end = workload.last - workload.last / 8
    let longest = max(1, UInt64(workload.scale.ticks(configuration.notifyMinDelay)) * 2)
    for _ in 0..<source.below(maximumBends + 1) {
      let start = UInt32(source.below(UInt64(faults.end) + 1))
      let end = min(start.plus(UInt32(min(source.below(longest), 1 << 31))), faults.end)
      if start < end { faults.stalls.append(start..<end) }
    }
    for _ in 0..<source.below(maximumBends + 1) {
      let most = min(configuration.notifyMaxDelay.nanoseconds, 1 << 40)
      faults.leaps.append(
        (
          UInt32(source.below(UInt64(faults.end) + 1)),
          Duration(nanoseconds: source.below(40) * most)
        ))
    }
    return faults
  }
}

/// Turns ticks into instants. It is asked in the order of time.
struct TimeWarp {
  private enum Bend {
    case stall(until: UInt32)
    case leap(Duration)
  }

  private let scale: TimeScale

  /// The bends still to come, the next one last.
  private var bends: [(tick: UInt32, bend: Bend)]
  private var held: UInt32 = 0
  private var offset: UInt64 = 0

  init(_ scale: TimeScale, _ faults: EdgeFaults) {
    self.scale = scale
    bends = faults.stalls.map { ($0.lowerBound, .stall(until: $0.upperBound)) }
    bends += faults.leaps.map { ($0.tick, .leap($0.length)) }
    bends.sort { $0.tick > $1.tick }
  }

  /// When what happens at a tick arrives. Precondition: no later tick was asked for.
  mutating func instant(of tick: UInt32) -> Instant {
    while let next = bends.last, next.tick <= tick {
      switch next.bend {
      case .stall(let until): held = max(held, until)
      case .leap(let length): offset += length.nanoseconds
      }
      bends.removeLast()
    }
    return Instant(nanoseconds: UInt64(max(tick, held)) * scale.tick + offset)
  }
}
