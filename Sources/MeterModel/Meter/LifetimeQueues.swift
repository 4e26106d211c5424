// The connections in the order in which their maximum durations end (§2 rule 7): one queue for each
// lifetime of those that wait since they were counted, and one for each of those that wait since
// they opened. In each queue the connections are in the order in which they opened.

/// Deadline queues of connections, two for each lifetime bucket.
struct LifetimeQueues {
  private var queues: ContiguousArray<DeadlineQueue>

  /// The lifetime of each bucket, twice; empty if `max-conn-duration` is disabled, and then nothing
  /// waits.
  private let lifetimes: ContiguousArray<Duration>

  /// The instant at which the next lifetime ends; `Instant.never` if none does.
  private(set) var earliest = Instant.never

  init(configuration: Configuration) {
    let isLimited = configuration.maximumConnectionDuration > .zero
    let buckets = isLimited ? 0..<ConnectionOrdinal.lifetimeBuckets : 0..<0
    let once = buckets.map { configuration.lifetime(ofBucket: $0) }
    lifetimes = ContiguousArray(once + once)
    queues = ContiguousArray(repeating: DeadlineQueue(), count: lifetimes.count)
  }

  /// The number of waiting connections.
  var count: Int { queues.reduce(0) { $0 + $1.count } }

  /// Whether a pending connection that is not direct waits here, because its lifetime ends before
  /// its increment delay.
  func holdsPending(_ ordinal: ConnectionOrdinal, incrementDelay: Duration) -> Bool {
    guard !lifetimes.isEmpty else { return false }
    return lifetimes[Int(ordinal.lifetimeBucket)] < incrementDelay
  }

  mutating func append(_ index: UInt32, in connections: inout ContiguousArray<Connection>) {
    guard !lifetimes.isEmpty else { return }
    let bucket = bucket(of: connections[Int(index)])
    queues[bucket].append(index, in: &connections)
    earliest = min(earliest, queues[bucket].firstSince + lifetimes[bucket])
  }

  mutating func remove(_ index: UInt32, from connections: inout ContiguousArray<Connection>) {
    guard !lifetimes.isEmpty else { return }
    let bucket = bucket(of: connections[Int(index)])
    let due = queues[bucket].firstSince + lifetimes[bucket]
    queues[bucket].remove(index, from: &connections)
    if due == earliest { findEarliest() }
  }

  /// The connections whose lifetime has ended by `instant`, in the order in which they opened.
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

  @inline(__always)
  private func bucket(of connection: Connection) -> Int {
    let bucket = connection.ordinal.lifetimeBucket
    return Int(connection.isDirect ? bucket + ConnectionOrdinal.lifetimeBuckets : bucket)
  }

  private mutating func findEarliest() {
    earliest = .never
    for bucket in queues.indices {
      earliest = min(earliest, queues[bucket].firstSince + lifetimes[bucket])
    }
  }
}
