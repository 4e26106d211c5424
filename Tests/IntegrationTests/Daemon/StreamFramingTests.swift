import Glibc
import Testing

/// The framing of a stream's body: chunks in HTTP/1.1, none in HTTP/1.0 (§4).
@Suite struct `The body of a stream` {
  private static let options = [
    "--notify-min-delay", "0", "--notify-max-delay", "60", "--workers", "1", "--enable-uuid",
  ]

  /// A stream of which each byte is read as it was sent, after its greeting.
  private func rawStream(_ path: String, of daemon: RunningDaemon) throws -> RawClient {
    let client = try RawClient(port: daemon.audience)
    try client.send(request("GET \(path)", "Accept: text/event-stream"))
    _ = try client.read(through: "\r\n\r\n")
    _ = try client.read(through: "\n\n")
    return client
  }

  @Test func `each frame to HTTP 1.1 is a chunk, and the last chunk is the end`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let client = try rawStream("/ns/me", of: daemon)
    #expect(try client.read(count: 2) == "\r\n")
    let other = try EventStream("/ns", of: daemon)
    #expect(try client.read(count: 14) == "9\r\ndata: 2\n\n\r\n")
    try daemon.sendMessage("two\nlines", to: "ns")
    #expect(try client.read(count: 31) == "19\r\ndata: s=two\ndata: lines\n\n\r\n")
    let newcomer = try EventStream("/ns/me", of: daemon)
    #expect(try client.readToEnd() == "b\r\nretry: -1\n\n\r\n0\r\n\r\n")
    withExtendedLifetime((other, newcomer)) {}
    try daemon.stop()
  }

  @Test func `a frame to HTTP 1.0 is no chunk, and the connection ends with the body`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let client = try rawStream("/ns/me HTTP/1.0", of: daemon)
    let other = try EventStream("/ns", of: daemon)
    #expect(try client.read(count: 9) == "data: 2\n\n")
    try daemon.sendMessage("two\nlines", to: "ns")
    #expect(try client.read(count: 25) == "data: s=two\ndata: lines\n\n")
    let newcomer = try EventStream("/ns/me", of: daemon)
    #expect(try client.readToEnd() == "retry: -1\n\n")
    withExtendedLifetime((other, newcomer)) {}
    try daemon.stop()
  }

  @Test func `streams of both versions in one namespace get the same frames`() throws {
    let daemon = try RunningDaemon.start(Self.options + ["--notify-delta-ratio", "0"])
    // More than a slice of a broadcast, and the versions alternate.
    let streams = try (0..<300).map { number in
      try EventStream("/ns/\(number)\(number % 3 == 0 ? " HTTP/1.0" : "")", of: daemon)
    }
    for stream in streams.dropLast() { try stream.read(untilCount: 300) }
    // Messages that come at once are sent together.
    let sender = try RawClient(port: daemon.messages)
    try sender.send((0..<20).map { request("GET /ns/s/\($0)") }.joined())
    for _ in 0..<20 { #expect(try sender.readAnswer().body == #"{"connections":300}"#) }
    for stream in streams.dropLast() {
      let events = try stream.read(untilData: "s=19")
      #expect(events.compactMap(\.data) == (0..<20).map { "s=\($0)" })
    }
    streams[299].client.close()
    for stream in streams.dropLast() {
      #expect(try stream.read(untilCount: 299).count == 1)
    }
    daemon.signal(SIGTERM)
    for (number, stream) in streams.dropLast().enumerated() {
      #expect(try stream.client.readToEnd() == "")
      #expect(stream.client.hasWholeBody == (number % 3 == 0 ? nil : true))
    }
    #expect(try daemon.awaitEnd() == 0)
  }

  @Test func `each clean end of a stream to HTTP 1.1 is a last chunk`() throws {
    try RunningDaemon.serving("--max-conn-duration", "1", "--max-connections", "1") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      for field in ["Purpose: prefetch", "Purpose: none"] {
        let answer = try daemon.ask(
          daemon.audience, request("GET /ns", "Accept: text/event-stream", field))
        #expect(answer["Transfer-Encoding"] == "chunked")
        #expect(answer.body.hasPrefix("retry: ") && answer.body.hasSuffix("\n\n"))
      }
      _ = try stream.client.readWholeBody()
      #expect(try stream.client.awaitEnd() == .finished)
      let head = try daemon.ask(
        daemon.audience, request("HEAD /ns", "Accept: text/event-stream"))
      #expect(head["Transfer-Encoding"] == "chunked")
      let old = try daemon.ask(
        daemon.audience, request("HEAD /ns HTTP/1.0", "Accept: text/event-stream"))
      #expect(old["Transfer-Encoding"] == nil)
    }
  }
}
