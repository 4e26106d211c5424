import MeterModel
import Testing

/// External counts in a node: the names of their sources, and the answers to their reports.
struct NodeExternalTests {
  private static func driver(
    _ change: (inout Configuration) -> Void = { _ in }
  ) -> NodeDriver {
    var settings = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    change(&settings.configuration)
    return NodeDriver(settings)
  }

  /// Reports a count at a second. Returns the status and the body of the answer.
  private func report(
    _ source: String, _ namespace: String, _ members: UInt64, at second: UInt64 = 0,
    to driver: inout NodeDriver
  ) -> String {
    driver.report(
      Array(source.utf8), Array(namespace.utf8), members: members,
      at: .start + .seconds(second))
    for case .answered(let status, let body) in driver.takeOccurrences() {
      return "\(status) \(String(decoding: body, as: UTF8.self))"
    }
    return "no answer"
  }

  @Test func `a report is answered with the members afterwards`() {
    var driver = Self.driver()
    driver.open(1, Array("a".utf8), at: .start)
    #expect(report("s", "a", 5, to: &driver) == #"ok {"members":6}"#)
    #expect(report("t", "a", 2, to: &driver) == #"ok {"members":8}"#)
    #expect(report("s", "a", 0, to: &driver) == #"ok {"members":3}"#)
    #expect(report("u", "b", 0, to: &driver) == #"ok {"members":0}"#)
    #expect(driver.node.namespaces.count == 1)
    #expect(driver.node.sources.count == 1)
  }

  @Test func `a report that is rejected is unavailable, and binds no name`() {
    var driver = Self.driver { $0.maximumNamespaces = 1 }
    for number in 1...16 { _ = report("s\(number)", "a", 1, to: &driver) }
    #expect(report("s17", "a", 1, to: &driver) == "unavailable ")
    #expect(report("t", "b", 1, to: &driver) == "unavailable ")
    #expect(driver.node.sources.count == 16 && driver.node.namespaces.count == 1)
    #expect(driver.node.figures.rejectedEvents == 2)
  }

  @Test func `the name of a source is kept while it has a count anywhere`() {
    var driver = Self.driver { $0.externalTimeout = .seconds(5) }
    _ = report("s", "a", 1, to: &driver)
    _ = report("s", "b", 1, at: 2, to: &driver)
    #expect(driver.node.sources.count == 1)
    driver.advance(to: .start + .seconds(5))
    #expect(driver.node.sources.count == 1)
    driver.advance(to: .start + .seconds(7))
    #expect(driver.node.sources.count == 0)
    // Its number is free for another name.
    _ = report("t", "a", 1, at: 8, to: &driver)
    #expect(driver.node.sources.count == 1)
    driver.node.meter.audit()
  }
}
