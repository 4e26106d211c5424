// What a crowd wants, as data: who comes when, what for, for how long, and what befalls all of them.

/// A crowd's plan, in ticks of `scale` since the start.
struct Workload {
  /// What one kind of viewer does.
  struct Behaviour {
    var session: SessionLength
    /// How long one stays away before the next session; nil for those who do not come back.
    var pause: SessionLength?
    var popularity = Popularity.zipf
    /// By when everybody leaves, whatever the session: from `start` on, spread over `length`.
    var whistle: (start: UInt32, length: UInt32)?
    /// Whether the network is as reliable for them as for a law that must hold exactly.
    var isReliable = false
  }

  /// A stretch of time in which viewers of one kind come, evenly.
  struct Arrivals {
    var start: UInt32
    var end: UInt32
    var count: UInt32
    var behaviour: Int
  }

  let scale: TimeScale
  var namespaces: UInt32

  /// When the crowd ceases to act.
  var last: UInt32
  var behaviours: [Behaviour] = []

  /// In order of time, without overlap.
  var arrivals: [Arrivals] = []

  /// When everybody is cut off, ascending.
  var cuts: [UInt32] = []

  /// How many viewer ids there are to choose from; 0 for none.
  var viewers: UInt32 = 0

  /// Ticks between two messages or exclusions; 0 for none.
  var chatter: UInt32 = 0
  var faults = EdgeFaults()
  var cluster: ClusterPlan?

  /// How many connections may be open at once.
  var maximumConnections: Int { arrivals.reduce(0) { $0 + Int($1.count) } }
}

/// The length of a tick.
struct TimeScale {
  let tick: UInt64

  /// As fine as 32 bits allow for twice the duration, a power of two of nanoseconds: deadlines, which are
  /// whole seconds, then fall on ticks for as long as possible.
  init(for duration: Duration) {
    var tick: UInt64 = 1 << 10
    while duration.nanoseconds / tick >= 1 << 31 { tick <<= 1 }
    self.tick = tick
  }

  /// Precondition: `tick` is not zero.
  init(tick: Duration) {
    self.tick = tick.nanoseconds
  }

  /// Whole ticks, at most `UInt32.max`.
  func ticks(_ duration: Duration) -> UInt32 {
    UInt32(min(duration.nanoseconds / tick, UInt64(UInt32.max)))
  }
}

extension UInt32 {
  /// The sum, or the largest number if that is less.
  func plus(_ other: UInt32) -> UInt32 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }

  /// ⌊`part` / `whole` of this⌋. Precondition: that fits.
  func share(_ part: UInt64, of whole: UInt64) -> UInt32 {
    UInt32(UInt64(self) * part / whole)
  }
}
