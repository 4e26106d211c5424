// The plan of a crowd as data: the viewers' arrivals, behaviour and sessions, and the events that
// affect all.

/// A crowd's plan, in ticks of `scale` since the start.
struct Workload {
  /// The behaviour of one kind of viewer.
  struct Behaviour {
    var session: SessionLength
    /// The pause before the next session; nil for viewers that do not return.
    var pause: SessionLength?
    var popularity = Popularity.zipf
    /// The time at which all leave, whatever the session: from `start` on, spread over `length`.
    var whistle: (start: UInt32, length: UInt32)?
    /// What interrupts their streams in the midst of a session, and after how long each time.
    var interruption: (kind: Interruption, after: SessionLength)?

    /// The number of neighbouring viewers who are tabs with one viewer id; 0 for no viewer ids.
    var tabs: UInt32 = 0

    /// The time between two pings of a client without a stream; nil for a client with a stream.
    var ping: UInt32?

    /// Whether no faults affect them, as for a law that must hold exactly.
    var isReliable = false
  }

  /// An interruption of one viewer's stream.
  enum Interruption {
    /// The stream closes, and the page opens another one after it.
    case reload

    /// The page opens another stream after it, and its loss is noticed later.
    case roam
  }

  /// An interruption of all streams.
  struct Cut {
    enum Kind {
      /// The network disconnects the viewers.
      case lost

      /// The daemon ends the streams.
      case drained

      /// The daemon begins anew.
      case restarted
    }

    let tick: UInt32
    var kind = Kind.lost
  }

  /// A stretch of time in which viewers of one kind open, evenly spread.
  struct Arrivals {
    var start: UInt32
    var end: UInt32
    var count: UInt32
    var behaviour: Int
  }

  let scale: TimeScale
  var namespaces: UInt32

  /// The last tick at which viewers act.
  var last: UInt32
  var behaviours: [Behaviour] = []

  /// The arrivals in order of time, without overlap.
  var arrivals: [Arrivals] = []

  /// The interruptions of all streams, in the order of time.
  var cuts: [Cut] = []

  /// The number of viewer ids; 0 for none.
  var viewers: UInt32 = 0

  /// The number of ticks between two messages or exclusions; 0 for none.
  var chatter: UInt32 = 0
  var faults = EdgeFaults()
  var cluster: ClusterPlan?

  /// The maximum number of open connections.
  var maximumConnections: Int { arrivals.reduce(0) { $0 + Int($1.count) } }
}

/// The length of a tick.
struct TimeScale {
  let tick: UInt64

  /// The finest scale for which twice the duration fits into 32 bits, a power of two of
  /// nanoseconds: deadlines, which are whole seconds, then fall on ticks as long as possible.
  init(for duration: Duration) {
    var tick: UInt64 = 1 << 10
    while duration.nanoseconds / tick >= 1 << 31 { tick <<= 1 }
    self.tick = tick
  }

  /// Precondition: `tick` is not zero.
  init(tick: Duration) {
    self.tick = tick.nanoseconds
  }

  /// Whole ticks, rounded down, at most `UInt32.max`.
  func ticks(_ duration: Duration) -> UInt32 {
    UInt32(min(duration.nanoseconds / tick, UInt64(UInt32.max)))
  }
}

extension UInt32 {
  /// The sum, at most `UInt32.max`.
  func plus(_ other: UInt32) -> UInt32 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }

  /// ⌊this × `part` / `whole`⌋. Precondition: it fits.
  func share(_ part: UInt64, of whole: UInt64) -> UInt32 {
    UInt32(UInt64(self) * part / whole)
  }
}
