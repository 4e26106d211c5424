import Testing

/// The message port (§5).
@Suite struct `The message port` {
  @Test func `the text of a message in a path is sent verbatim`() throws {
    try RunningDaemon.serving("--notify-max-delay", "60") { daemon in
      let streams = try (0..<3).map { _ in try EventStream("/ns", of: daemon) }
      let other = try EventStream("/other", of: daemon)
      for (path, text) in [
        ("/ns/svc/hello", "svc=hello"), ("/ns/svc/a%20b%0Adata:%20x", "svc=a%20b%0Adata:%20x"),
        ("/ns/s=v/m=1?query", "s=v=m=1"), ("/ns/svc/", "svc="),
      ] {
        let answer = try daemon.ask(daemon.messages, request("GET \(path)"))
        #expect(answer.status == 200)
        #expect(answer.body == #"{"connections":3}"#)
        #expect(answer["Content-Type"] == "application/json")
        for stream in streams {
          #expect(try stream.read(untilData: text).last?.lines == ["data: \(text)"])
        }
      }
      // What was sent to the other namespace by mistake came before its own message.
      try daemon.sendMessage("own", to: "other")
      #expect(try other.next().data == "s=own")
    }
  }

  @Test func `the text of a message in a body is sent whole, whatever lines it has`() throws {
    try RunningDaemon.serving("--notify-max-delay", "60") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let answer = try daemon.sendMessage("a\nevent: b\r\nid: 1\rretry: 5\n\nlast ü", to: "ns")
      #expect(answer == #"{"connections":1}"#)
      #expect(
        try stream.next().lines == [
          "data: s=a", "data: event: b", "data: id: 1", "data: retry: 5", "data: ", "data: last ü",
        ])
      try daemon.sendMessage("", to: "ns")
      #expect(try stream.next().lines == ["data: s="])
      let client = try RawClient(port: daemon.messages)
      try client.send(
        request("POST /ns/svc", "Transfer-Encoding: chunked") + "2\r\nab\r\n3;x\r\ncde\r\n0\r\n\r\n"
      )
      #expect(try client.readAnswer().body == #"{"connections":1}"#)
      #expect(try stream.next().lines == ["data: svc=abcde"])
    }
  }

  @Test func `a hundred senders at once are answered, and each message is sent once`() throws {
    try RunningDaemon.serving("--notify-min-delay", "60", "--notify-max-delay", "120") { daemon in
      let streams = try (0..<800).map { _ in try EventStream("/ns", of: daemon) }
      let senders = try (0..<100).map { _ in try RawClient(port: daemon.messages) }
      for (index, sender) in senders.enumerated() {
        try sender.send(request("GET /ns/s/\(index)", "Connection: close"))
      }
      for sender in senders {
        #expect(try sender.readToEnd().hasSuffix("\r\n\r\n{\"connections\":800}"))
      }
      let expected = Set((0..<100).map { "data: s=\($0)" })
      for stream in [streams[0], streams[799]] {
        let lines = try (0..<100).flatMap { _ in try stream.next().lines }
        #expect(lines.count == 100 && Set(lines) == expected)
      }
    }
  }

  @Test func `a pending stream gets messages, which change no count`() throws {
    try RunningDaemon.serving("--increment-delay", "60", "--notify-max-delay", "60") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      #expect(try daemon.sendMessage("x", to: "ns") == #"{"connections":1}"#)
      #expect(try stream.next().lines == ["data: s=x"])
      #expect(try daemon.figures()["ns"]?.modified == 0)
      #expect(try daemon.sendMessage("x", to: "unknown") == #"{"connections":0}"#)
      #expect(try daemon.figures().keys.sorted() == ["ns"])
    }
  }

  @Test func `a request that is no message is answered with 200 and 0 connections`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let client = try RawClient(port: daemon.messages)
      for line in [
        "GET /", "GET /ns", "GET /ns/svc", "GET /ns/svc/m/x", "GET /ns//m", "GET //svc/m",
        "PUT /ns/svc/m", "HEAD /ns/svc/m", "OPTIONS *", "POST /ns", "GET /none/svc/m",
      ] {
        try client.send(request(line))
        let answer = try client.readAnswer(isHead: line.hasPrefix("HEAD"))
        #expect(answer.status == 200, "\(line)")
        #expect(answer["Content-Length"] == "17")
        if !line.hasPrefix("HEAD") { #expect(answer.body == #"{"connections":0}"#, "\(line)") }
      }
      try daemon.sendMessage("last", to: "ns")
      #expect(try !stream.read(untilData: "s=last").dropLast().contains { $0.count == nil })
    }
  }

  @Test func `a text of 16,384 bytes is accepted, one byte more is refused with 413`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let longest = String(repeating: "x", count: 16_384)
      let inPath = try daemon.ask(daemon.messages, request("GET /ns/s/\(longest)"))
      #expect(inPath.body == #"{"connections":1}"#)
      #expect(try daemon.sendMessage(longest, to: "ns") == #"{"connections":1}"#)
      for _ in 0..<2 { try stream.read(untilData: "s=" + longest) }
      for text in [
        request("GET /ns/s/\(longest)x"),
        request("POST /ns/s", "Content-Length: 16385") + longest + "x",
        request("POST /ns/s", "Transfer-Encoding: chunked") + "4001\r\n\(longest)x\r\n0\r\n\r\n",
      ] {
        #expect(try daemon.ask(daemon.messages, text).status == 413)
      }
    }
  }

  @Test func `a hundred messages reach every stream in their order`() throws {
    try RunningDaemon.serving("--workers", "2", "--notify-max-delay", "60") { daemon in
      let streams = try (0..<20).map { _ in try EventStream("/ns", of: daemon) }
      let client = try RawClient(port: daemon.messages)
      let texts = (0..<100).map { "s=\($0)" }
      try client.send(texts.map { request("GET /ns/s/\($0.dropFirst(2))") }.joined())
      for _ in texts { #expect(try client.readAnswer().body == #"{"connections":20}"#) }
      for stream in streams {
        let data = try stream.read(untilData: "s=99").compactMap(\.data)
        #expect(data.filter { $0.hasPrefix("s=") } == texts)
      }
    }
  }
}
