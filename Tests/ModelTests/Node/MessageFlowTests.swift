import MeterModel
import Testing

/// Flow control of messages: senders wait while a reactor has many messages in flight.
struct MessageFlowTests {
  private static let maximum = Int(MessageLimits.maximumInFlight)
  private static let resumed = MessageLimits.resumedInFlight

  /// A flow that an expectation can change.
  private final class Flow {
    private var flow: MessageFlow<String>

    /// By reactor, the messages that are in flight.
    init(_ inFlight: Int...) {
      flow = MessageFlow(reactors: inFlight.count)
      for (reactor, messages) in inFlight.enumerated() { send(messages, to: reactor) }
    }

    func send(_ messages: Int, to reactor: Int) {
      for _ in 0..<messages { flow.sent(to: reactor) }
    }

    func delays(_ sender: String) -> Bool { flow.delays(sender) }

    func acknowledge(_ messages: UInt32, by reactor: Int) -> ContiguousArray<String> {
      flow.acknowledged(messages, by: reactor)
    }
  }

  @Test func `a sender waits when one message more than the maximum is in flight`() {
    let flow = Flow(0, Self.maximum)
    #expect(!flow.delays("a"))
    flow.send(1, to: 1)
    #expect(flow.delays("b"))
  }

  @Test func `a sender that waits is released when few messages are in flight to each reactor`() {
    let flow = Flow(Self.maximum + 1, 3)
    #expect(flow.delays("a"))
    #expect(flow.acknowledge(UInt32(Self.maximum) - Self.resumed, by: 0).isEmpty)
    #expect(flow.acknowledge(3, by: 1).isEmpty)
    #expect(flow.acknowledge(1, by: 0) == ["a"])
    #expect(!flow.delays("b"))
  }

  @Test func `messages that a reactor may leave unacknowledged delay no sender for ever`() {
    // A reactor that has nothing else to report acknowledges messages only when they are this many.
    let flow = Flow(Self.maximum + 1)
    #expect(flow.delays("a"))
    let unacknowledged = MessageLimits.acknowledgedAtOnce - 1
    #expect(flow.acknowledge(UInt32(Self.maximum) + 1 - unacknowledged, by: 0) == ["a"])
  }

  @Test func `messages that never cease delay no sender for ever`() {
    let flow = Flow(Self.maximum + 1)
    #expect(flow.delays("a"))
    var released: [String] = []
    for _ in 0..<5 where released.isEmpty {
      flow.send(16, to: 0)
      released += flow.acknowledge(16, by: 0)
    }
    #expect(released == ["a"])
  }

  @Test func `a sender that comes while others wait is released after them`() {
    let flow = Flow(Self.maximum + 1)
    #expect(flow.delays("a"))
    flow.send(Self.maximum, to: 0)
    #expect(flow.delays("b"))
    #expect(flow.acknowledge(UInt32(Self.maximum) + 1 - Self.resumed, by: 0) == ["a"])
    #expect(flow.acknowledge(UInt32(Self.maximum) - 1, by: 0).isEmpty)
    #expect(flow.acknowledge(1, by: 0) == ["b"])
  }

  @Test func `all senders that wait are released at once when nothing is in flight`() {
    let flow = Flow(Self.maximum + 1)
    #expect(flow.delays("a") && flow.delays("b"))
    #expect(flow.acknowledge(UInt32(Self.maximum) + 1, by: 0) == ["a", "b"])
  }
}
