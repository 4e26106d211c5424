// Timers without a heap or a wheel. Every delay of the meter is a constant, so the elements that
// wait for one kind of deadline wait in the order in which their waits began. They form a queue,
// linked through the elements themselves. An element that stops waiting is unlinked at once, so a
// queue with a delay of an hour holds only elements that still wait.

/// The neighbours of an element in the one queue in which it waits; `.max` for none.
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

  /// The instant at which its wait began. It must not change during the wait.
  var waitsSince: Instant { get }
}

/// Indices of a table in the order in which their waits began.
package struct DeadlineQueue: Sendable {
  /// The element whose wait began first; `.max` in an empty queue.
  package private(set) var head: UInt32 = .max
  private var tail: UInt32 = .max

  /// The element whose wait began last; `.max` in an empty queue.
  var last: UInt32 { tail }

  /// The number of waiting elements.
  package private(set) var count = 0

  /// The instant at which the wait of the first element began; `Instant.never` in an empty queue.
  package private(set) var firstSince = Instant.never

  package init() {}

  /// Adds an element at the end. O(1). Precondition: it is in no queue, and its wait began no
  /// earlier than that of the last.
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

  /// Removes an element. O(1). Precondition: it is in this queue.
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
  /// Visits the waiting elements in their order. O(n)
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
