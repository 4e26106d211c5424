// A first-in, first-out queue of small values in one array.

/// A queue whose elements leave in the order in which they came. Amortised O(1).
struct Ring<Element> {
  private var elements = ContiguousArray<Element>.withRoom
  private var first = 0

  var isEmpty: Bool { first == elements.count }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func popFirst() -> Element? {
    guard first < elements.count else { return nil }
    let element = elements[first]
    first += 1
    if first == elements.count {
      elements.empty()
      first = 0
    } else if first > 1024, first * 2 > elements.count {
      elements.removeFirst(first)
      first = 0
    }
    return element
  }
}
