// The faults between a viewer and the daemon, and those of the daemon's clock.

/// The rates of the faults, out of 65,536. Faults cease at `end`.
struct EdgeFaults {
  /// The open does not arrive; the close does.
  var lostOpens: UInt64 = 0

  /// The open arrives twice.
  var repeatedOpens: UInt64 = 0

  /// The close arrives before the open, so the connection is half-open from the start.
  var overtakenOpens: UInt64 = 0

  /// The viewer vanishes. The close comes when the connection is found dead, up to the max delay
  /// and 30 s later.
  var lostCloses: UInt64 = 0

  /// The close arrives twice.
  var repeatedCloses: UInt64 = 0

  /// Stretches of time whose events all arrive at the end, at one instant.
  var stalls: [Range<UInt32>] = []

  /// Ticks at which the clock leaps ahead, and no event happens in between.
  var leaps: [(tick: UInt32, length: Duration)] = []
  var end: UInt32 = 0

  /// Some faults of each kind, during seven eighths of the time.
  static func ordinary(
    for workload: Workload, _ configuration: Configuration, _ source: RandomSource
  ) -> EdgeFaults {
    drawn(for: workload, configuration, source, maximumRate: 64, maximumBends: 3)
  }

  /// Rates up to `maximumRate`, and at most `maximumBends` stalls and leaps each.
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

/// The conversion of ticks into instants, in the order of time.
struct TimeWarp {
  private enum Bend {
    case stall(until: UInt32)
    case leap(Duration)
  }

  private let scale: TimeScale

  /// The remaining bends, the next one last.
  private var bends: [(tick: UInt32, bend: Bend)]
  private var held: UInt32 = 0
  private var offset: UInt64 = 0

  init(_ scale: TimeScale, _ faults: EdgeFaults) {
    self.scale = scale
    bends = faults.stalls.map { ($0.lowerBound, .stall(until: $0.upperBound)) }
    bends += faults.leaps.map { ($0.tick, .leap($0.length)) }
    bends.sort { $0.tick > $1.tick }
  }

  /// The instant at which an event of a tick arrives. Precondition: no later tick was converted
  /// before.
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
