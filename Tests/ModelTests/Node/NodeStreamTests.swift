import MeterModel
import Testing

/// Streams that come after others, streams of several namespaces, and pings, as a node serves them.
struct NodeStreamTests {
  private static let name = Array("a".utf8)
  private let second = Duration.seconds(1)

  private func driver(
    _ set: (inout Configuration) -> Void = { _ in }
  ) -> NodeDriver {
    var settings = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    set(&settings.configuration)
    return NodeDriver(settings, streamReactors: 2)
  }

  /// The answers since the last call, as `STATUS BODY`.
  private func answers(_ driver: inout NodeDriver) -> [String] {
    driver.takeOccurrences().compactMap { occurrence in
      guard case .answered(let status, let body) = occurrence else { return nil }
      return "\(status) \(String(decoding: body, as: UTF8.self))"
    }
  }

  private func members(_ driver: NodeDriver) -> UInt64? { driver.total(of: Self.name)?.members }

  @Test func `a stream that comes after an open one takes its place`() throws {
    var driver = driver()
    driver.open(1, Self.name, at: .start)
    driver.open(2, Self.name, at: .start)
    let id = try #require(driver.streams[1]?.id)
    _ = driver.takeOccurrences()
    driver.open(3, Self.name, lastEventID: id, at: .start + second)
    #expect(driver.takeOccurrences().contains(.ended(stream: 1, .superseded)))
    #expect(driver.streams[3]?.shown == 2)
    #expect(members(driver) == 2)
    #expect(driver.total(of: Self.name)?.connections == 2)
    // The id serves once.
    driver.open(4, Self.name, lastEventID: id, at: .start + second)
    #expect(members(driver) == 3)
    driver.node.meter.audit()
  }

  @Test func `a stream that comes after a closed one resumes its viewer`() throws {
    var driver = driver()
    driver.open(1, Self.name, at: .start)
    let id = try #require(driver.streams[1]?.id)
    driver.close(1, at: .start + .seconds(10))
    #expect(members(driver) == 1)
    // It may have the same slot and so the same number.
    driver.open(2, Self.name, lastEventID: id, at: .start + .seconds(14))
    #expect(members(driver) == 1)
    #expect(driver.total(of: Self.name)?.connections == 1)
    driver.advance(to: .start + .seconds(20))
    #expect(members(driver) == 1)
  }

  @Test func `an id that is forged, altered or of another run means nothing`() throws {
    var driver = driver()
    driver.open(1, Self.name, at: .start)
    let id = try #require(driver.streams[1]?.id)
    guard let stream = StreamIdentifier(id.span)?.stream else {
      Issue.record("the stream has no id")
      return
    }
    let others = [
      StreamSigner(run: 0xAB, key: HashKey(7, 8)).identifier(of: stream).text,
      StreamSigner(run: 0xAC, key: HashKey(5, 6)).identifier(of: stream).text,
      StreamIdentifier(run: 0xAB, stream: stream, code: 0).text,
      ContiguousArray(id.dropLast()), [],
    ]
    for (number, other) in others.enumerated() {
      driver.open(UInt32(number) + 2, Self.name, lastEventID: other, at: .start)
    }
    #expect(members(driver) == 1 + UInt64(others.count))
    #expect(driver.streams[1] != nil)
  }

  @Test func `an observer is sent counts and is in none`() {
    var driver = driver()
    driver.open(1, Self.name, as: .observer, at: .start)
    #expect(driver.streams[1]?.shown == 0)
    driver.open(2, Self.name, at: .start + second)
    driver.advance(to: .start + .seconds(5))
    #expect(driver.streams[1]?.shown == 1)
    #expect(members(driver) == 1)
  }

  @Test func `a viewer id stays bound until its viewer is gone`() {
    var driver = driver { $0.viewerIDs = .exclusive }
    driver.open(1, Self.name, viewer: Array("v".utf8), at: .start)
    driver.close(1, at: .start + .seconds(10))
    #expect(driver.node.viewers.count == 1)
    driver.advance(to: .start + .seconds(15))
    #expect(driver.node.viewers.count == 0)
    #expect(members(driver) == 0)
  }

  // MARK: - Several namespaces in one response

  /// Asks for one response that observes namespaces, on the slots from `slot` on.
  private func watch(_ names: [String], slot: UInt32, of node: inout Node) -> [Directive] {
    var batch = InputBatch(reactor: 0)
    batch.inputs.append(.grouped(streams: names.count))
    for (index, name) in names.enumerated() {
      batch.inputs.append(
        .opened(
          ConnectionHandle(slot: slot + UInt32(index), generation: 1),
          namespace: batch.bytes.appendText(Array(name.utf8).span), viewer: .none, after: nil,
          as: .observer))
    }
    node.apply(batch, at: .start)
    return Array(node.outputs.take(for: 0)?.directives ?? [])
  }

  private func node(connections: UInt32 = 100, namespaces: UInt32 = 100) -> Node {
    var settings = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    settings.configuration.maximumConnections = connections
    settings.configuration.maximumNamespaces = namespaces
    return Node(settings)
  }

  @Test func `several names are as many streams, in their order`() {
    var node = node()
    let counts = watch(["a", "b", "c"], slot: 4, of: &node).map { directive in
      guard case .greet(let handle, _, _, let count) = directive else { return "?" }
      return "\(handle.slot) \(count)"
    }
    #expect(counts == ["4 0", "5 0", "6 0"])
    #expect(node.meter.openConnections == 3)
  }

  @Test(arguments: [(3, 3, false), (2, 3, true), (3, 2, true)])
  func `several names are opened together or not at all`(
    connections: UInt32, namespaces: UInt32, isRefused: Bool
  ) {
    var node = node(connections: connections, namespaces: namespaces)
    let directives = watch(["a", "b", "c"], slot: 0, of: &node)
    let refusals = directives.count { directive in
      if case .refuse(_, .full) = directive { true } else { false }
    }
    #expect(refusals == (isRefused ? 3 : 0))
    #expect(node.meter.openConnections == (isRefused ? 0 : 3))
    #expect(node.namespaces.count == (isRefused ? 0 : 3))
    #expect(node.figures.refusedByConnections == (connections < 3 ? 1 : 0))
    #expect(node.figures.refusedByNamespaces == (namespaces < 3 ? 1 : 0))
    // The reactor reports the end of each.
    var batch = InputBatch(reactor: 0)
    for slot in UInt32(0)..<3 { batch.inputs.append(.closed(slot: slot)) }
    node.apply(batch, at: .start)
    #expect(node.figures.rejectedEvents == 0)
    #expect(node.meter.openConnections == 0)
  }

  @Test func `the counts of several names are one object`() {
    var driver = driver { $0.maximumConnections = 1 }
    driver.open(1, Self.name, as: .observer, at: .start)
    driver.close(1, at: .start)
    driver.report(Array("s".utf8), Self.name, members: 7, at: .start)
    _ = driver.takeOccurrences()
    driver.ask(at: .start) { .counts($0.bytes.appendText(Array("b\"\na\n".utf8).span)) }
    #expect(answers(&driver) == [#"ok {"b\"":0,"a":7}"#])
    driver.open(2, Self.name, at: .start)
    driver.ask(at: .start) { .counts($0.bytes.appendText(Array("a\n".utf8).span)) }
    #expect(answers(&driver) == ["unavailable "])
  }

  // MARK: - Pings

  private func ping(
    _ viewer: String, _ namespace: String, isLeaving: Bool = false, _ driver: inout NodeDriver,
    at instant: Instant
  ) -> [String] {
    driver.ask(at: instant) { batch in
      let namespace = batch.bytes.appendText(Array(namespace.utf8).span)
      let viewer = batch.bytes.appendText(Array(viewer.utf8).span)
      return isLeaving
        ? .leave(namespace: namespace, viewer: viewer)
        : .ping(namespace: namespace, viewer: viewer)
    }
    return answers(&driver)
  }

  @Test func `a ping keeps its viewer for the timeout, and a leave ends it`() {
    var driver = driver { $0.viewerIDs = .shared }
    #expect(ping("v", "a", &driver, at: .start) == [#"ok {"members":1,"ping":15}"#])
    #expect(ping("v", "a", &driver, at: .start + second) == [#"ok {"members":1,"ping":15}"#])
    #expect(ping("w", "a", &driver, at: .start + second) == [#"ok {"members":2,"ping":15}"#])
    #expect(
      ping("w", "a", isLeaving: true, &driver, at: .start + second)
        == [#"ok {"members":1,"ping":15}"#])
    #expect(driver.node.viewers.count == 1)
    driver.advance(to: .start + .seconds(46))
    #expect(members(driver) == 0)
    #expect(driver.node.viewers.count == 0)
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 1), (8, 2), (9, 3), (45, 15)] as [(UInt64, Int)])
  func `the next ping is asked for after a third of the timeout`(timeout: UInt64, interval: Int) {
    var driver = driver {
      $0.viewerIDs = .shared
      $0.pingTimeout = .seconds(timeout)
    }
    #expect(
      ping("v", "a", &driver, at: .start) == ["ok {\"members\":1,\"ping\":\(interval)}"])
  }

  @Test func `a ping that is rejected is unavailable and leaves nothing`() {
    var driver = driver {
      $0.viewerIDs = .shared
      $0.maximumPings = 1
    }
    _ = ping("v", "a", &driver, at: .start)
    #expect(ping("w", "b", &driver, at: .start) == ["unavailable "])
    #expect(driver.node.viewers.count == 1)
    #expect(driver.node.namespaces.count == 1)
    var other = self.driver { $0.viewerIDs = .exclusive }
    #expect(ping("v", "a", &other, at: .start) == ["unavailable "])
  }

  @Test func `a leave of what is not known is answered and creates nothing`() {
    var driver = driver { $0.viewerIDs = .shared }
    #expect(
      ping("v", "a", isLeaving: true, &driver, at: .start) == [#"ok {"members":0,"ping":15}"#])
    #expect(driver.node.viewers.count == 0)
    #expect(driver.node.namespaces.count == 0)
  }

  // MARK: - Statistics

  @Test func `one namespace has statistics, and all together have a total`() {
    var driver = driver()
    for number in UInt32(0)..<1200 {
      driver.open(number, Array("n\(number)".utf8), at: .start)
    }
    _ = driver.takeOccurrences()
    driver.ask(at: .start) { .namespace($0.bytes.appendText(Array("n7".utf8).span)) }
    driver.ask(at: .start) { .namespace($0.bytes.appendText(Array("n".utf8).span)) }
    let answers = answers(&driver)
    #expect(answers[0].hasPrefix(#"ok {"created":0,"members":1,"#))
    #expect(answers[1] == "notFound ")
    #expect(total(driver.node) == "1200\n")
    #expect(total(node()) == "0\n")
  }

  /// The body of the last answer to the question for the total, which a reactor asks again.
  private func total(_ node: Node) -> String {
    var node = node
    var question: Question? = .total(after: 0, sum: 0)
    var body = ""
    while let asked = question {
      var batch = InputBatch(reactor: 0)
      batch.inputs.append(.asked(ConnectionHandle(slot: 0, generation: 1), asked))
      node.apply(batch, at: node.meter.now)
      guard let outputs = node.outputs.take(for: 0),
        case .answer(_, let answer) = outputs.directives.last
      else { return "no answer" }
      body = String(decoding: outputs.bytes[answer.body.bounds], as: UTF8.self)
      question = answer.rest
      #expect(question == nil || body.isEmpty)
    }
    return body
  }
}
