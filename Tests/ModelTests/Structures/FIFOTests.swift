// The first-in, first-out queue, against an array from which the first element is removed.

import MeterModel
import Testing

@Suite struct `A queue` {
  @Test func `gives its elements in the order in which they came`() {
    var queue = FIFO<Int>()
    #expect(queue.isEmpty && queue.first == nil && queue.popFirst() == nil)
    queue.append(1)
    queue.append(2)
    #expect(queue.count == 2 && queue.first == 1)
    #expect(queue.popFirst() == 1)
    queue.append(3)
    #expect(queue[0] == 2 && queue[1] == 3)
    #expect(queue.popFirst() == 2 && queue.popFirst() == 3 && queue.popFirst() == nil)
    #expect(queue.isEmpty)
  }

  @Test(arguments: [63, 64, 65, 127, 128, 129, 1000])
  func `keeps the order when it moves its elements to the front`(size: Int) {
    var queue = FIFO<Int>()
    for number in 0..<size { queue.append(number) }
    for number in 0..<size {
      #expect(queue.popFirst() == number)
      queue.append(size + number)
      #expect(queue.count == size)
      #expect(queue[size - 1] == size + number)
    }
    #expect(queue.first == size)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `is what an array is, whatever is done to it`(seed: UInt64) {
    var source = RandomSource(seed: seed)
    var queue = FIFO<UInt64>()
    var array: [UInt64] = []
    for step in 0..<4000 {
      let grows = source.chance(step < 2000 ? 3 : 1, in: 4)
      if grows {
        let element = source.next()
        queue.append(element)
        array.append(element)
      } else if source.chance(1, in: 500) {
        queue.removeAll()
        array.removeAll()
      } else {
        #expect(queue.popFirst() == (array.isEmpty ? nil : array.removeFirst()))
      }
      #expect(queue.count == array.count && queue.first == array.first)
      #expect(queue.isEmpty == array.isEmpty)
      if !array.isEmpty {
        let place = source.below(array.count)
        #expect(queue[place] == array[place], "seed \(seed), step \(step)")
      }
    }
  }

  @Test func `destroys what was taken out when as much as waits was taken out`() {
    final class Element {}
    var queue = FIFO<Element>()
    let probes = (0..<200).map { _ in
      let element = Element()
      queue.append(element)
      return Probe(element)
    }
    for _ in 0..<99 { queue.popFirst() }
    #expect(probes.prefix(99).allSatisfy { $0.element != nil })
    queue.popFirst()
    #expect(probes.prefix(100).allSatisfy { $0.element == nil })
    #expect(probes.suffix(100).allSatisfy { $0.element != nil })
  }

  private struct Probe {
    weak var element: AnyObject?

    init(_ element: AnyObject) { self.element = element }
  }
}
