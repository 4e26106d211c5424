// Timers without a heap or a wheel. Every delay of the meter is a constant, so those who wait for one kind
// of deadline wait in the order in which they began to: a queue, linked through the waiting elements
// themselves. One that no longer waits is unlinked, so nothing dead is ever kept, and the queue of an
// hour does not grow with a flood of seconds.

/// The neighbours of an element in the one queue that it waits in.
package struct QueueLinks: Sendable {
  package var previous: UInt32 = .max
  package var next: UInt32 = .max

  package init() {}

  init(previous: UInt32, next: UInt32) {
    self.previous = previous
    self.next = next
  }
}

/// An element of a table that can wait in a `DeadlineQueue`.
package protocol Waiting {
  var links: QueueLinks { get set }

  /// When its wait began. It must not change while it waits.
  var waitsSince: Instant { get }
}

/// Indices of a table in the order in which their waits began.
package struct DeadlineQueue: Sendable {
  package private(set) var head: UInt32 = .max
  private var tail: UInt32 = .max

  /// The one whose wait began last; `.max` in an empty queue.
  var last: UInt32 { tail }

  /// How many wait.
  package private(set) var count = 0

  /// When the wait of the first one began; `Instant.never` for an empty queue.
  package private(set) var firstSince = Instant.never

  package init() {}

  /// Puts an element at the end. O(1). Precondition: it waits nowhere, since no earlier than the last.
  package mutating func append<Element: Waiting>(
    _ index: UInt32, in table: inout ContiguousArray<Element>
  ) {
    let since = table[Int(index)].waitsSince
    table[Int(index)].links = QueueLinks(previous: tail, next: .max)
    if tail == .max {
      head = index
      firstSince = since
    } else {
      assert(table[Int(tail)].waitsSince <= since)
      table[Int(tail)].links.next = index
    }
    tail = index
    count += 1
  }

  /// Takes an element out. O(1). Precondition: it waits in this queue.
  package mutating func remove<Element: Waiting>(
    _ index: UInt32, from table: inout ContiguousArray<Element>
  ) {
    let links = table[Int(index)].links
    table[Int(index)].links = QueueLinks()
    if links.next == .max {
      tail = links.previous
    } else {
      table[Int(links.next)].links.previous = links.previous
    }
    if links.previous == .max {
      head = links.next
      firstSince = head == .max ? .never : table[Int(head)].waitsSince
    } else {
      table[Int(links.previous)].links.next = links.next
    }
    count -= 1
  }
  /// Visits those who wait, in their order. O(n).
  func forEach<Element: Waiting>(
    in table: ContiguousArray<Element>, _ visit: (UInt32) -> Void
  ) {
    var index = head
    while index != .max {
      visit(index)
      index = table[Int(index)].links.next
    }
  }
}
