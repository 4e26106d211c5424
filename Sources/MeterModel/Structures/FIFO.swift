// The first-in, first-out queue of the project. Its elements are in one array; those that were
// taken out remain at the front of it until they are as many as the others.

/// A first-in, first-out queue. Its storage is at most about twice the room of the largest number
/// of elements that waited together. An element that was taken out is destroyed when the queue
/// becomes empty, or when at least 64 elements and at least half of the storage were taken out.
///
/// The functions are inlinable, so that MeterIO makes no generic call for an element.
@usableFromInline package struct FIFO<Element> {
  @usableFromInline var elements: ContiguousArray<Element>

  /// The place in `elements` of the first element that waits.
  @usableFromInline var head = 0

  /// An empty queue with room for a few elements (see `ContiguousArray.minimumRoom`).
  @inlinable package init() {
    elements = .withRoom
  }

  /// The number of elements in the queue.
  @inlinable package var count: Int { elements.count - head }

  /// Whether the queue has no elements.
  @inlinable package var isEmpty: Bool { head == elements.count }

  /// The first element; nil in an empty queue.
  @inlinable package var first: Element? { isEmpty ? nil : elements[head] }

  /// The element at a place; the first has place 0. O(1). Precondition: the place is less than
  /// `count`.
  @inlinable package subscript(place: Int) -> Element {
    get {
      precondition(place >= 0, "a place is counted from 0")
      return elements[head + place]
    }
    _modify {
      precondition(place >= 0, "a place is counted from 0")
      yield &elements[head + place]
    }
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

  /// Removes all elements, and gives back the storage if it is large.
  @inlinable package mutating func removeAll() {
    elements.empty()
    head = 0
  }
}
