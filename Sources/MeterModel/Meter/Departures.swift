// Viewers without a stream who are counted for a while (§2 rules 5 and 17). Each wait is a constant
// for its queue: there is one queue for each step of a leaving viewer's grace, and one for the
// returning viewers. The queues are arrays, so that neither a departure nor the end of a grace
// finds its viewer outside the processor's cache.

/// A viewer that is leaving or returning; 24 bytes.
struct Departure {
  /// When the last stream closed.
  let leftAt: Instant

  /// When the viewer came.
  let since: Instant

  /// The last stream of a viewer without a viewer id; `.none` for a viewer with one.
  let ordinal: ConnectionOrdinal

  /// The number of the namespace, or of the viewer with a viewer id; `.max` if the grace is over.
  fileprivate(set) var owner: UInt32
}

/// All viewers that are leaving or returning.
struct Departures {
  /// A departure, as a number: its queue in the upper 4 bits, and its position in the order of that
  /// queue, modulo 2²⁸.
  typealias Ticket = UInt32

  /// The viewers that wait for the end of one grace, in the order in which they left.
  private struct Queue {
    var entries = FIFO<Departure>()

    /// The position of the first entry.
    var first: UInt32 = 0

    /// The instant of the first departure; `Instant.never` if there is none.
    var firstSince = Instant.never

    /// The entries whose grace is over, but for those at the front, which are taken out.
    var over = 0
  }

  /// First those of the leaving viewers, the last is that of the returning ones.
  private var queues: ContiguousArray<Queue>
  private let waits: ContiguousArray<Duration>
  private let grace: Duration
  private let step: Duration

  /// The tickets of the viewers without a viewer id by their last streams.
  private var index = NumberIndex()

  /// The viewers that wait.
  private(set) var count: UInt32 = 0

  /// The instant of the next deadline; `Instant.never` if there is none.
  private(set) var earliest = Instant.never

  init(configuration: Configuration) {
    let delay = configuration.decrementDelay.nanoseconds
    let step = delay > 0 ? (delay - 1) / Configuration.graceSteps + 1 : 0
    let steps = 1...Configuration.graceSteps
    waits = ContiguousArray(
      steps.map { Duration(nanoseconds: min(delay, step * $0)) } + [configuration.restartDelay])
    queues = ContiguousArray(repeating: Queue(), count: waits.count)
    grace = configuration.decrementDelay
    self.step = Duration(nanoseconds: step)
  }

  /// The bytes of the queues and of the index, including unused capacity.
  var tableBytes: Int {
    queues.reduce(index.tableBytes) { sum, queue in
      sum + queue.entries.elements.capacity * MemoryLayout<Departure>.stride
    }
  }

  subscript(ticket: Ticket) -> Departure {
    let queue = Int(ticket >> Self.positionBits)
    return queues[queue].entries[place(of: ticket, in: queue)]
  }

  private static let positionBits: UInt32 = 28
  private static let positionMask: UInt32 = 1 << positionBits - 1

  @inline(__always)
  private func place(of ticket: Ticket, in queue: Int) -> Int {
    Int((ticket &- queues[queue].first) & Self.positionMask)
  }

  @inline(__always)
  private func ticket(_ place: Int, in queue: Int) -> Ticket {
    UInt32(queue) << Self.positionBits
      | (queues[queue].first &+ UInt32(truncatingIfNeeded: place)) & Self.positionMask
  }

  /// The grace of a viewer whose last stream closes; zero for none.
  @inline(__always)
  func grace(since: Instant, now: Instant, isReturning: Bool) -> Duration {
    guard !isReturning else { return waits[waits.count - 1] }
    guard grace > .zero else { return .zero }
    let age = (now - since).nanoseconds
    guard age < grace.nanoseconds else { return grace }
    return Duration(nanoseconds: age / step.nanoseconds * step.nanoseconds)
  }

  /// The viewer without a viewer id whose last stream was the one with an ordinal; nil if it has no
  /// grace. O(1)
  @inline(__always)
  func find(_ ordinal: ConnectionOrdinal) -> Ticket? { index.find(ordinal.number) }

  /// Reads the place in the index of a stream that will close. Changes nothing.
  @inline(__always)
  func fetch(_ ordinal: ConnectionOrdinal) -> UInt32 { index.fetch(ordinal.number) }

  /// Reads the places in the index of the next viewers whose grace ends. Changes nothing.
  func fetchNext(_ limit: Int) -> UInt32 {
    var sum: UInt32 = 0
    for queue in queues where !queue.entries.isEmpty {
      for place in 0..<min(limit, queue.entries.count) {
        sum &+= index.fetch(queue.entries[place].ordinal.number)
      }
    }
    return sum
  }

  /// Adds a viewer. Amortized O(1). Precondition: its grace is not zero, and no other viewer left
  /// later.
  mutating func append(_ departure: Departure, isReturning: Bool) -> Ticket {
    let queue = isReturning ? queues.count - 1 : queue(of: departure)
    if queues[queue].entries.isEmpty {
      queues[queue].firstSince = departure.leftAt
      earliest = min(earliest, departure.leftAt + waits[queue])
    }
    let ticket = ticket(queues[queue].entries.count, in: queue)
    queues[queue].entries.append(departure)
    count += 1
    if departure.ordinal != .none { index.insert(departure.ordinal.number, ticket) }
    return ticket
  }

  /// Ends the grace of a viewer. Amortized O(1)
  @inline(__always)
  mutating func remove(_ ticket: Ticket) {
    let queue = Int(ticket >> Self.positionBits)
    let place = place(of: ticket, in: queue)
    let ordinal = queues[queue].entries[place].ordinal
    if ordinal != .none { index.remove(ordinal.number, ticket) }
    count -= 1
    guard place == 0 else {
      queues[queue].entries[place].owner = .max
      queues[queue].over += 1
      return
    }
    popFirst(of: queue)
    while queues[queue].entries.first?.owner == .max {
      popFirst(of: queue)
      queues[queue].over -= 1
    }
    let due = queues[queue].firstSince + waits[queue]
    queues[queue].firstSince = queues[queue].entries.first?.leftAt ?? .never
    if due == earliest { findEarliest() }
  }

  @inline(__always)
  private mutating func popFirst(of queue: Int) {
    queues[queue].entries.popFirst()
    queues[queue].first = (queues[queue].first &+ 1) & Self.positionMask
  }

  /// Removes the entries whose grace is over, where they are more than the others. Returns the new
  /// tickets of the viewers with a viewer id. Amortized O(1) for each departure.
  mutating func compact() -> [(viewer: UInt32, ticket: Ticket)] {
    var moved: [(viewer: UInt32, ticket: Ticket)] = []
    for queue in queues.indices
    where queues[queue].over > 64 && queues[queue].over * 2 > queues[queue].entries.count {
      let former = queues[queue].entries
      queues[queue].entries.removeAll()
      queues[queue].over = 0
      for place in 0..<former.count where former[place].owner != .max {
        let departure = former[place]
        let new = ticket(queues[queue].entries.count, in: queue)
        queues[queue].entries.append(departure)
        if departure.ordinal == .none {
          moved.append((departure.owner, new))
        } else {
          index.remove(departure.ordinal.number, ticket(place, in: queue))
          index.insert(departure.ordinal.number, new)
        }
      }
    }
    return moved
  }

  /// The first viewer whose grace ends by `instant`: leaving viewers before returning ones, each in
  /// the order in which they left; nil if there is none. O(1)
  func firstDue(by instant: Instant) -> Ticket? {
    guard earliest <= instant else { return nil }
    let returning = queues.count - 1
    var first: Int?
    for queue in 0..<returning where queues[queue].firstSince + waits[queue] <= instant {
      if let other = first, queues[other].firstSince <= queues[queue].firstSince { continue }
      first = queue
    }
    return ticket(0, in: first ?? returning)
  }

  /// Visits the leaving viewers in the order in which they left, and then the returning ones.
  /// O(n log n)
  func forEach(_ visit: (Departure, _ isReturning: Bool) -> Void) {
    for isReturning in [false, true] {
      let range = isReturning ? queues.count - 1..<queues.count : 0..<queues.count - 1
      var departures: ContiguousArray<Departure> = []
      for queue in range {
        for place in 0..<queues[queue].entries.count {
          let departure = queues[queue].entries[place]
          if departure.owner != .max { departures.append(departure) }
        }
      }
      let order = departures.indices.sorted { left, right in
        (departures[left].leftAt, left) < (departures[right].leftAt, right)
      }
      for place in order { visit(departures[place], isReturning) }
    }
  }

  /// Visits the viewers whose grace ends by `instant`.
  func forEachDue(by instant: Instant, _ visit: (Departure) -> Void) {
    for (queue, wait) in zip(queues, waits) {
      var place = 0
      while place < queue.entries.count, queue.entries[place].leftAt + wait <= instant {
        if queue.entries[place].owner != .max { visit(queue.entries[place]) }
        place += 1
      }
    }
  }

  /// The instant at which the grace of a viewer ends.
  func end(of ticket: Ticket) -> Instant {
    self[ticket].leftAt + waits[Int(ticket >> Self.positionBits)]
  }

  /// Whether a viewer is returning, not leaving.
  func isReturning(_ ticket: Ticket) -> Bool {
    Int(ticket >> Self.positionBits) == queues.count - 1
  }

  /// The queue of a leaving viewer. One who gets no grace under other settings than those with
  /// which it left waits in the first.
  private func queue(of departure: Departure) -> Int {
    guard grace > .zero else { return 0 }
    let grace = grace(since: departure.since, now: departure.leftAt, isReturning: false)
    guard grace < self.grace else { return firstFullQueue }
    return max(1, Int(grace.nanoseconds / step.nanoseconds)) - 1
  }

  /// The first queue whose wait is the whole delay. A delay of few nanoseconds has fewer steps.
  private var firstFullQueue: Int { Int((grace.nanoseconds - 1) / step.nanoseconds) }

  private mutating func findEarliest() {
    earliest = .never
    for queue in queues.indices {
      earliest = min(earliest, queues[queue].firstSince + waits[queue])
    }
  }
}
