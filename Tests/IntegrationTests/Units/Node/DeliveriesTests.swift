import MeterIO
import Testing

extension Units {
  /// Who sends messages waits while a reactor has many that it has not begun to tell.
  struct DeliveriesTests {
    private static let most = Int(DeliveryLimits.mostUntold)
    private static let few = DeliveryLimits.fewUntold

    /// Deliveries that an expectation can change.
    private final class Desk {
      private var deliveries: Deliveries<String>

      /// By reactor, how many messages it was given.
      init(_ given: Int...) {
        deliveries = Deliveries(reactors: given.count)
        for (reactor, messages) in given.enumerated() { give(messages, to: reactor) }
      }

      func give(_ messages: Int, to reactor: Int) {
        for _ in 0..<messages { deliveries.give(to: reactor) }
      }

      func makesWait(_ sender: String) -> Bool { deliveries.makesWait(sender) }

      func told(_ messages: UInt32, by reactor: Int) -> ContiguousArray<String> {
        deliveries.told(messages, by: reactor)
      }
    }

    @Test func `a sender waits from one message more than the limit on`() {
      let below = Desk(0, Self.most)
      #expect(!below.makesWait("a"))
      below.give(1, to: 1)
      #expect(below.makesWait("b"))
    }

    @Test func `and is answered when the reactor has few left`() {
      let deliveries = Desk(Self.most + 1, 3)
      #expect(deliveries.makesWait("a"))
      #expect(deliveries.told(UInt32(Self.most) - Self.few, by: 0).isEmpty)
      #expect(deliveries.told(3, by: 1).isEmpty)
      #expect(deliveries.told(1, by: 0) == ["a"])
      #expect(!deliveries.makesWait("b"))
    }

    @Test func `what a reactor may leave unsaid keeps nobody waiting`() {
      #expect(DeliveryLimits.unsaid - 1 <= DeliveryLimits.fewUntold)
    }

    @Test func `messages that never cease make nobody wait for ever`() {
      let deliveries = Desk(Self.most + 1)
      #expect(deliveries.makesWait("a"))
      var answered: [String] = []
      for _ in 0..<5 where answered.isEmpty {
        deliveries.give(16, to: 0)
        answered += deliveries.told(16, by: 0)
      }
      #expect(answered == ["a"])
    }

    @Test func `who comes while others wait is answered after them`() {
      let deliveries = Desk(Self.most + 1)
      #expect(deliveries.makesWait("a"))
      deliveries.give(Self.most, to: 0)
      #expect(deliveries.makesWait("b"))
      #expect(deliveries.told(UInt32(Self.most) + 1 - Self.few, by: 0) == ["a"])
      #expect(deliveries.told(UInt32(Self.most) - 1, by: 0).isEmpty)
      #expect(deliveries.told(1, by: 0) == ["b"])
    }

    @Test func `all who wait are answered at once when nothing is left`() {
      let deliveries = Desk(Self.most + 1)
      #expect(deliveries.makesWait("a") && deliveries.makesWait("b"))
      #expect(deliveries.told(UInt32(Self.most) + 1, by: 0) == ["a", "b"])
    }
  }
}
