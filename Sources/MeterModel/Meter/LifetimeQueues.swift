// The connections in the order in which their maximum durations end (rule 6): one queue for each length
// of life.

/// Deadline queues of connections, one a lifetime bucket.
struct LifetimeQueues {
  private var queues: ContiguousArray<DeadlineQueue>

  /// Each bucket's lifetime; empty when `max-conn-duration` is disabled, and nothing waits then.
  private let lifetimes: ContiguousArray<Duration>

  /// When the next connection's time is over; `Instant.never` if none's is.
  private(set) var earliest = Instant.never

  init(configuration: Configuration) {
    let isLimited = configuration.maximumConnectionDuration > .zero
    let buckets = isLimited ? 0..<ConnectionOrdinal.lifetimeBuckets : 0..<0
    lifetimes = ContiguousArray(buckets.map { configuration.lifetime(ofBucket: $0) })
    queues = ContiguousArray(repeating: DeadlineQueue(), count: lifetimes.count)
  }

  /// How many wait.
  var count: Int { queues.reduce(0) { $0 + $1.count } }

  /// Whether a pending connection waits here already, as its lifetime ends before it would be counted.
  func holdsPending(_ ordinal: ConnectionOrdinal, incrementDelay: Duration) -> Bool {
    guard !lifetimes.isEmpty else { return false }
    return lifetimes[Int(ordinal.lifetimeBucket)] < incrementDelay
  }

  mutating func append(_ index: UInt32, in connections: inout ContiguousArray<Connection>) {
    guard !lifetimes.isEmpty else { return }
    let bucket = Int(connections[Int(index)].ordinal.lifetimeBucket)
    queues[bucket].append(index, in: &connections)
    earliest = min(earliest, queues[bucket].firstSince + lifetimes[bucket])
  }

  mutating func remove(_ index: UInt32, from connections: inout ContiguousArray<Connection>) {
    guard !lifetimes.isEmpty else { return }
    let bucket = Int(connections[Int(index)].ordinal.lifetimeBucket)
    let due = queues[bucket].firstSince + lifetimes[bucket]
    queues[bucket].remove(index, from: &connections)
    if due == earliest { findEarliest() }
  }

  /// The connections whose time is over by `instant`, in the order in which they opened.
  func due(
    by instant: Instant, in connections: ContiguousArray<Connection>
  ) -> ContiguousArray<UInt32> {
    var due: ContiguousArray<UInt32> = []
    for (queue, lifetime) in zip(queues, lifetimes) {
      var index = queue.head
      while index != .max, connections[Int(index)].openedAt + lifetime <= instant {
        due.append(index)
        index = connections[Int(index)].links.next
      }
    }
    due.sort { left, right in
      let (left, right) = (connections[Int(left)], connections[Int(right)])
      return (left.openedAt, left.ordinal.number) < (right.openedAt, right.ordinal.number)
    }
    return due
  }

  private mutating func findEarliest() {
    earliest = .never
    for bucket in queues.indices {
      earliest = min(earliest, queues[bucket].firstSince + lifetimes[bucket])
    }
  }
}
