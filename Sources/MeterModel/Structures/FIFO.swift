// The queue of everything that leaves in the order in which it came. Elements lie in one array; those that
// were taken out remain at its front until they are as many as the others.

/// A first-in, first-out queue. Its storage is at most about twice what the largest number of waiting elements
/// needs. An element that was taken out is destroyed when the queue is empty, or when at least 64
/// elements and at least half of the storage were taken out.
///
/// The functions are inlinable, so that MeterIO pays no generic call for an element.
@usableFromInline package struct FIFO<Element> {
  @usableFromInline var elements: ContiguousArray<Element>

  /// The place in `elements` of the first that waits.
  @usableFromInline var head = 0

  /// An empty queue with room for a few elements (see `ContiguousArray.minimumRoom`).
  @inlinable package init() {
    elements = .withRoom
  }

  /// The number of elements that wait.
  @inlinable package var count: Int { elements.count - head }

  /// Whether no element waits.
  @inlinable package var isEmpty: Bool { head == elements.count }

  /// The element that was appended first of those that wait; nil in an empty queue.
  @inlinable package var first: Element? { isEmpty ? nil : elements[head] }

  /// The element at a place, counted from 0, the first. O(1). Precondition: the place is less than `count`.
  @inlinable package subscript(place: Int) -> Element {
    precondition(place >= 0, "a place is counted from 0")
    return elements[head + place]
  }

  /// Adds an element at the end. Amortised O(1).
  @inlinable package mutating func append(_ element: Element) {
    elements.append(element)
  }

  /// Takes out the first element; nil in an empty queue. Amortised O(1).
  @inlinable @discardableResult package mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head]
    head += 1
    if head == elements.count {
      removeAll()
    } else if head >= 64, head * 2 >= elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Removes all elements, and gives back the storage that many of them needed.
  @inlinable package mutating func removeAll() {
    elements.empty()
    head = 0
  }
}
