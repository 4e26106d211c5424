import MeterModel
import Testing

/// Retained messages in a node: the answers, what newcomers are sent, and the names of services.
struct NodeRetainedTests {
  private static func driver(
    _ change: (inout Configuration) -> Void = { _ in }
  ) -> NodeDriver {
    var settings = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    change(&settings.configuration)
    return NodeDriver(settings)
  }

  /// Retains a text at a second. Returns the status and the body of the answer.
  private func retain(
    _ text: String, _ service: String = "score", in namespace: String = "a", at second: UInt64 = 0,
    of driver: inout NodeDriver
  ) -> String {
    driver.retain(
      Array(text.utf8), of: Array(service.utf8), in: Array(namespace.utf8),
      at: .start + .seconds(second))
    for case .answered(let status, let body) in driver.takeOccurrences() {
      return "\(status) \(String(decoding: body, as: UTF8.self))"
    }
    return "no answer"
  }

  /// Opens a stream. Returns the events that it is sent beside its greeting.
  private func open(
    _ number: UInt32, at second: UInt64 = 0, of driver: inout NodeDriver
  ) -> [String] {
    driver.open(number, Array("a".utf8), at: .start + .seconds(second))
    return driver.takeOccurrences().compactMap { occurrence in
      guard case .sent(number, let frame) = occurrence else { return nil }
      return String(decoding: frame, as: UTF8.self)
    }
  }

  @Test func `a newcomer is sent the last text of each service, in the order of their first`() {
    var driver = Self.driver()
    #expect(open(1, of: &driver) == [])
    #expect(retain("0-0", of: &driver) == #"ok {"connections":1}"#)
    #expect(retain("first\nhalf", "state", of: &driver) == #"ok {"connections":1}"#)
    #expect(retain("1-0", of: &driver) == #"ok {"connections":1}"#)
    #expect(
      open(2, of: &driver) == ["data: score=1-0\n\n", "data: state=first\ndata: half\n\n"])
    #expect(driver.node.services.count == 2)
  }

  @Test func `an empty text is sent to nobody and ends the keeping`() {
    var driver = Self.driver()
    _ = open(1, of: &driver)
    _ = retain("0-0", of: &driver)
    #expect(retain("", of: &driver) == #"ok {"connections":0}"#)
    #expect(retain("", "other", of: &driver) == #"ok {"connections":0}"#)
    #expect(open(2, of: &driver) == [])
    #expect(driver.node.services.count == 0)
  }

  @Test func `a namespace that does not exist keeps nothing`() {
    var driver = Self.driver()
    #expect(retain("1-0", of: &driver) == "noNamespace ")
    #expect(open(1, of: &driver) == [])
    #expect(driver.node.namespaces.count == 1 && driver.node.services.count == 0)
  }

  @Test func `what is kept is forgotten with the namespace, and the names with it`() {
    var driver = Self.driver { $0.namespaceCleanDelay = .seconds(5) }
    _ = open(1, of: &driver)
    _ = retain("1-0", of: &driver)
    driver.close(1, at: .start)
    #expect(retain("2-0", at: 1, of: &driver) == #"ok {"connections":0}"#)
    driver.advance(to: .start + .seconds(20))
    #expect(driver.node.services.count == 0)
    #expect(open(2, at: 20, of: &driver) == [])
  }

  @Test func `past the limits a message is refused, and nobody is sent it`() {
    var driver = Self.driver()
    _ = open(1, of: &driver)
    for number in 1...16 { _ = retain("x", "s\(number)", of: &driver) }
    #expect(retain("x", "s17", of: &driver) == "keepsTooMuch ")
    #expect(driver.node.services.count == 16)
    #expect(open(2, of: &driver).count == 16)
    let half = String(repeating: "x", count: 32_768)
    #expect(retain(half, "s1", of: &driver) == #"ok {"connections":2}"#)
    #expect(retain(half, "s2", of: &driver) == "keepsTooMuch ")
    driver.node.meter.audit()
  }

  @Test func `an event that would be larger than a stream may be behind is refused`() {
    var driver = Self.driver()
    _ = open(1, of: &driver)
    let lines = String(repeating: "\n", count: 16_384)
    #expect(retain(lines, of: &driver) == "contentTooLarge ")
    #expect(open(2, of: &driver) == [])
  }
}
