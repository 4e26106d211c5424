import MeterModel
import Testing

/// What surrounds the meter in a node: names, deadlines of the present instant, answers.
struct NodeTests {
  private static let name = Array("a".utf8)

  /// A node in a cluster whose namespaces retire at once.
  private static func driver() -> NodeDriver {
    var settings = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    settings.configuration.namespaceCleanDelay = .zero
    return NodeDriver(
      settings,
      membership: Membership(
        session: SessionID(randomBits: 0, 1), settings: ClusterSettings(), secret: nil,
        wallStart: 1_000_000, hashKey: HashKey(3, 4)))
  }

  private static func datagram(
    _ sequence: UInt64, _ counts: [(String, UInt64)]
  ) -> ContiguousArray<UInt8> {
    var encoder = DatagramEncoder(session: SessionID(randomBits: 0, 2), secret: nil)
    encoder.begin(sequence: sequence, round: sequence, wall: 1_000_000, flags: .full)
    for (name, members) in counts {
      _ = encoder.append(
        count: Array(name.utf8).span, members: members, connections: members)
    }
    var bytes: ContiguousArray<UInt8> = []
    encoder.finish(into: &bytes)
    return bytes
  }

  @Test func `deadlines that the last input sets for its own instant have fired after the batch`() {
    var settings = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    settings.configuration.namespaceCleanDelay = .zero
    var node = Node(settings)
    let now = Instant.start + .seconds(1)
    var batch = InputBatch(reactor: 0)
    batch.inputs.append(
      .opened(
        ConnectionHandle(slot: 0, generation: 1),
        namespace: batch.bytes.appendText(Self.name.span), viewer: .none, after: nil,
        as: .viewer))
    batch.inputs.append(.closed(slot: 0))
    node.apply(batch, at: now)
    #expect(node.nextDeadline > now)
    #expect(node.namespaces.count == 0)
    #expect(node.meter.statistics(of: NamespaceID(0)) == nil)
  }

  @Test func `a namespace that falls to 0 and rises in one datagram keeps its name`() {
    var driver = Self.driver()
    driver.receive(Self.datagram(1, [("a", 3)]), at: .start)
    driver.receive(Self.datagram(2, [("a", 0), ("a", 5)]), at: .start + .seconds(1))
    #expect(driver.total(of: Self.name)?.members == 5)
    driver.open(1, Array("b".utf8), at: .start + .seconds(1))
    #expect(driver.total(of: Array("b".utf8))?.members == 1)
    #expect(driver.total(of: Self.name)?.members == 5)
    driver.node.meter.audit()
  }

  @Test func `a full node answers no count`() {
    var settings = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    settings.configuration.maximumConnections = 1
    var driver = NodeDriver(settings)
    driver.askMembers(of: Self.name, at: .start)
    driver.open(1, Self.name, at: .start)
    driver.askMembers(of: Self.name, at: .start)
    driver.close(1, at: .start)
    driver.askMembers(of: Self.name, at: .start)
    let answers = driver.takeOccurrences().compactMap { occurrence in
      if case .answered(let status, let body) = occurrence {
        "\(status) \(String(decoding: body, as: UTF8.self))"
      } else {
        nil
      }
    }
    #expect(answers == ["ok 0\n", "unavailable ", "ok 0\n"])
  }
}
