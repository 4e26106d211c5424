// The arrivals of a crowd, one by one.

/// The clock of arrivals. They are spread evenly over each stretch of the plan.
struct ArrivalClock {
  private let stretches: [Workload.Arrivals]
  private var stretch = 0
  private var arrived: UInt64 = 0
  private var source: RandomSource

  /// The tick of the next arrival; nil if there is none.
  private(set) var next: UInt32?

  init(_ stretches: [Workload.Arrivals], _ source: RandomSource) {
    self.stretches = stretches.filter { $0.count > 0 }
    self.source = source
    schedule()
  }

  /// Takes the next arrival and returns the number of its behaviour. Precondition: there is one.
  mutating func take() -> Int {
    let behaviour = stretches[stretch].behaviour
    arrived += 1
    if arrived == stretches[stretch].count {
      stretch += 1
      arrived = 0
    }
    schedule()
    return behaviour
  }

  private mutating func schedule() {
    guard stretch < stretches.count else {
      next = nil
      return
    }
    let current = stretches[stretch]
    let length = UInt64(current.end - current.start)
    let place = (length << 16) / UInt64(current.count)
    let offset = arrived * place + source.below(place + 1)
    next = current.start + UInt32(min(offset >> 16, length))
  }
}
