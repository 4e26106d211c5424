import MeterIO
import Testing

extension Units {
  /// The flow control of messages: a sender waits while a reactor has many messages that it has not
  /// begun to broadcast.
  @Suite struct DeliveriesTests {
    /// The most messages before a reactor with which no sender waits.
    private static let maximum = Int(DeliveryLimits.mostUntold)

    /// The messages before a reactor with which a waiting sender is answered.
    private static let few = DeliveryLimits.fewUntold

    /// Reactors to which messages were sent, and the senders that wait.
    private final class Flow {
      private var deliveries: Deliveries<String>

      /// Sends each reactor that many messages.
      init(_ messages: Int...) {
        deliveries = Deliveries(reactors: messages.count)
        for (reactor, messages) in messages.enumerated() { send(messages, to: reactor) }
      }

      func send(_ messages: Int, to reactor: Int) {
        for _ in 0..<messages { deliveries.give(to: reactor) }
      }

      /// Whether a sender has to wait.
      func makesWait(_ sender: String) -> Bool { deliveries.makesWait(sender) }

      /// A reactor acknowledges messages; the answer is the senders that wait no longer.
      func acknowledge(_ messages: UInt32, by reactor: Int) -> ContiguousArray<String> {
        deliveries.told(messages, by: reactor)
      }
    }

    @Test func `a sender waits from one message more than the limit on`() {
      let flow = Flow(0, Self.maximum)
      #expect(!flow.makesWait("a"))
      flow.send(1, to: 1)
      #expect(flow.makesWait("b"))
    }

    @Test func `a waiting sender is answered when every reactor has few messages left`() {
      let flow = Flow(Self.maximum + 1, 3)
      #expect(flow.makesWait("a"))
      #expect(flow.acknowledge(UInt32(Self.maximum) - Self.few, by: 0).isEmpty)
      #expect(flow.acknowledge(3, by: 1).isEmpty)
      #expect(flow.acknowledge(1, by: 0) == ["a"])
      #expect(!flow.makesWait("b"))
    }

    /// A reactor acknowledges whole lots of messages, and keeps the rest of a lot to itself.
    @Test(arguments: 1...2 * Int(DeliveryLimits.unsaid))
    func `the messages that a reactor has not acknowledged yet keep no sender waiting`(more: Int) {
      let flow = Flow(Self.maximum + more)
      #expect(flow.makesWait("a"))
      var answered: ContiguousArray<String> = []
      for _ in 0..<(Self.maximum + more) / Int(DeliveryLimits.unsaid) {
        answered += flow.acknowledge(DeliveryLimits.unsaid, by: 0)
      }
      #expect(answered == ["a"])
    }

    @Test func `an endless sequence of messages does not make a sender wait for ever`() {
      let flow = Flow(Self.maximum + 1)
      #expect(flow.makesWait("a"))
      var answered: ContiguousArray<String> = []
      for _ in 0..<5 where answered.isEmpty {
        flow.send(16, to: 0)
        answered += flow.acknowledge(16, by: 0)
      }
      #expect(answered == ["a"])
    }

    @Test func `a sender that comes while others wait is answered after them`() {
      let flow = Flow(Self.maximum + 1)
      #expect(flow.makesWait("a"))
      flow.send(Self.maximum, to: 0)
      #expect(flow.makesWait("b"))
      #expect(flow.acknowledge(UInt32(Self.maximum) + 1 - Self.few, by: 0) == ["a"])
      #expect(flow.acknowledge(UInt32(Self.maximum) - 1, by: 0).isEmpty)
      #expect(flow.acknowledge(1, by: 0) == ["b"])
    }

    @Test func `all waiting senders are answered together when no message is left`() {
      let flow = Flow(Self.maximum + 1)
      #expect(flow.makesWait("a") && flow.makesWait("b"))
      #expect(flow.acknowledge(UInt32(Self.maximum) + 1, by: 0) == ["a", "b"])
    }
  }
}
