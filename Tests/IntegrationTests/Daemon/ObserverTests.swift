import Foundation
import Testing

/// Streams that are never counted, of one namespace and of several (§4, §2 rule 12).
@Suite struct `An observer` {
  private static let options = ["--notify-min-delay", "0", "--notify-max-delay", "60"]

  /// The counts in an event.
  private func counts(_ event: StreamEvent) -> [String: Int]? {
    guard let data = event.data else { return nil }
    return try? JSONDecoder().decode([String: Int].self, from: Data(data.utf8))
  }

  /// Reads events until the counts that came last are these. Returns the number of events.
  @discardableResult
  private func read(_ stream: EventStream, until last: [String: Int]) throws -> Int {
    var shown = counts(stream.greeting) ?? [:]
    var events = 0
    while shown != last {
      shown.merge(counts(try stream.next()) ?? [:]) { $1 }
      events += 1
    }
    return events
  }

  @Test func `of one namespace is sent its counts and messages and is not counted`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let observer = try EventStream("/a?watch", of: daemon)
    #expect(observer.greeting.count == 0)
    #expect(observer.greeting.retry == 2000)
    let viewer = try EventStream("/a", of: daemon)
    #expect(viewer.greeting.count == 1)
    try observer.read(untilCount: 1)
    #expect(try daemon.sendMessage("x", to: "a") == #"{"connections":2}"#)
    #expect(try observer.next().data == "s=x")
    // Nobody comes after an observer.
    let id = observer.greeting.id ?? ""
    #expect(try EventStream("/a", of: daemon, "Last-Event-ID: \(id)").greeting.count == 2)
    #expect(try daemon.ask(daemon.audience, request("GET /a?watch")).body.hasSuffix("\n"))
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test(arguments: ["1", "3"])
  func `of several namespaces is sent the counts of all and then what changed`(
    workers: String
  ) throws {
    let daemon = try RunningDaemon.start(Self.options + ["--workers", workers])
    let first = try EventStream("/a", of: daemon)
    let observer = try EventStream("/?watch=b&watch=a&x=1&watch=b&watch=%22\"", of: daemon)
    #expect(observer.greeting.data == #"{"b":0,"a":1,"%22\"":0}"#)
    #expect(observer.greeting.id == nil)
    #expect(observer.greeting.retry == 2000)
    let others = try (0..<2).map { _ in try EventStream("/b", of: daemon) }
    try read(observer, until: ["a": 1, "b": 2, "%22\"": 0])
    first.client.close()
    #expect(counts(try observer.next()) == ["a": 0])
    #expect(try daemon.figures().mapValues(\.members) == ["a": 0, "b": 2, "%22\"": 0])
    observer.client.close()
    try eventually("no stream of a") {
      try daemon.sendMessage("x", to: "a") == #"{"connections":0}"#
    }
    withExtendedLifetime(others) {}
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `of several namespaces is sent messages with their namespace`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let observer = try EventStream("/?watch=a&watch=b", of: daemon)
    let plain = try EventStream("/a?watch", of: daemon)
    #expect(try daemon.sendMessage("1\r\n\"2\"", to: "a") == #"{"connections":2}"#)
    #expect(try daemon.sendMessage("3", to: "b") == #"{"connections":1}"#)
    let events = try [observer.next(), observer.next()]
    #expect(events.map { $0.values(of: "event") } == [["message"], ["message"]])
    #expect(
      Set(events.compactMap(\.data)) == [
        #"{"namespace":"a","text":"s=1\u000a\"2\""}"#, #"{"namespace":"b","text":"s=3"}"#,
      ])
    #expect(try plain.next().data == "s=1\n\"2\"")
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `of several namespaces takes as many places as it has names`() throws {
    try RunningDaemon.serving("--max-connections", "3") { daemon in
      let observer = try EventStream("/?watch=a&watch=b", of: daemon)
      let fields = ["Accept: text/event-stream"]
      let refused = try daemon.ask(daemon.audience, request("GET /?watch=c&watch=d", fields))
      #expect(refused.status == 200)
      #expect(refused.body.contains("retry: ") && !refused.body.contains("data"))
      #expect(try daemon.figures().keys.sorted() == ["a", "b"])
      let viewer = try EventStream("/a", of: daemon)
      #expect(try daemon.ask(daemon.audience, request("GET /?watch=a")).status == 503)
      observer.client.close()
      try eventually("free places") {
        try daemon.ask(daemon.audience, request("GET /?watch=a")).status == 200
      }
      #expect(try EventStream("/?watch=c&watch=d", of: daemon).greeting.data == #"{"c":0,"d":0}"#)
      withExtendedLifetime(viewer) {}
    }
  }

  @Test func `of several namespaces ends when the first of its parts does`() throws {
    try RunningDaemon.serving("--max-conn-duration", "1") { daemon in
      let observer = try EventStream("/?watch=a&watch=b", of: daemon)
      let rest = try observer.client.readToEnd()
      #expect(!rest.contains("retry"))
      try eventually("no streams") {
        try daemon.sendMessage("x", to: "a") == #"{"connections":0}"#
          && daemon.sendMessage("x", to: "b") == #"{"connections":0}"#
      }
    }
  }

  @Test func `that asks for no stream gets the counts as JSON`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/a", of: daemon)
      let answer = try daemon.ask(daemon.audience, request("GET /?watch=b&watch=a&watch=a"))
      #expect(answer.body == #"{"b":0,"a":1}"#)
      #expect(answer["Content-Type"] == "application/json")
      #expect(answer["Access-Control-Allow-Origin"] == "*")
      let head = try daemon.ask(daemon.audience, request("HEAD /?watch=a"))
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(try daemon.figures().keys.sorted() == ["a"])
      for accept in [[], ["Accept: text/event-stream"]] {
        func status(_ target: String) throws -> Int {
          try daemon.ask(daemon.audience, request("GET \(target)", accept)).status
        }
        #expect(try status("/?watch=a&watch=") == 400)
        #expect(try status("/?watch") == 400)
        let names = (0...100).map { "watch=\($0)" }.joined(separator: "&")
        #expect(try status("/?" + names) == 414)
      }
      withExtendedLifetime(stream) {}
    }
  }

  @Test func `of a hundred namespaces is served, and goes with them`() throws {
    let daemon = try RunningDaemon.start(Self.options + ["--namespace-clean-delay", "0"])
    let query = (0..<100).map { "watch=n\($0)" }.joined(separator: "&")
    for _ in 0..<3 {
      let observers = try (0..<4).map { _ in try EventStream("/?" + query, of: daemon) }
      #expect(observers.allSatisfy { counts($0.greeting)?.count == 100 })
      let viewer = try EventStream("/n77", of: daemon)
      for observer in observers { #expect(counts(try observer.next()) == ["n77": 1]) }
      viewer.client.close()
      for observer in observers { observer.client.close() }
      try daemon.awaitNamespaces([])
    }
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `of several namespaces that reads nothing is sent the newest counts afterwards`()
    throws
  {
    let daemon = try RunningDaemon.start(Self.options)
    let observer = try EventStream("/?watch=a&watch=b", of: daemon, receiveBuffer: 4096)
    // More than the buffers of both sides take.
    let text = String(repeating: "m", count: 16_000)
    for _ in 0..<8 { try daemon.sendMessage(text, to: "a") }
    let viewers = try (0..<3).map { _ in try EventStream("/b", of: daemon) }
    for _ in 0..<8 { #expect(try observer.next().values(of: "event") == ["message"]) }
    try read(observer, until: ["a": 0, "b": 3])
    withExtendedLifetime(viewers) {}
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }
}
