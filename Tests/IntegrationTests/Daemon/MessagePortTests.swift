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

  @Test func `a request that is no message gets 404 or 405, and reaches nobody`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let client = try RawClient(port: daemon.messages)
      for (line, status, allowed) in [
        ("GET /", 404, nil), ("GET /ns", 404, nil), ("GET /ns/svc", 405, "POST"),
        ("GET /ns/svc/m/x", 404, nil), ("GET /ns//m", 404, nil), ("GET //svc/m", 404, nil),
        ("POST /ns", 404, nil), ("POST /ns/", 404, nil), ("PUT /ns/svc/m", 405, "GET, POST"),
        ("HEAD /ns/svc/m", 405, "GET, POST"), ("OPTIONS *", 405, "GET, POST"),
        ("CONNECT localhost:80", 405, "GET, POST"), ("TRACE /ns/svc/m", 405, "GET, POST"),
        ("GET /none/svc/m", 200, nil), ("POST /none/svc", 200, nil),
      ] as [(String, Int, String?)] {
        try client.send(request(line))
        let answer = try client.readAnswer(isHead: line.hasPrefix("HEAD"))
        #expect(answer.status == status, "\(line)")
        #expect(answer["Allow"] == allowed, "\(line)")
        #expect(answer["Content-Type"] == "application/json", "\(line)")
        #expect(answer["Content-Length"] == "17")
        #expect(answer["Connection"] == nil, "\(line)")
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
      let inBody = "413 Content Too Large: the body has more than 16384 bytes\n"
      for (text, body) in [
        (
          request("GET /ns/s/\(longest)x"),
          "413 Content Too Large: the text in the path has more than 16384 bytes\n"
        ),
        (request("POST /ns/s", "Content-Length: 16385") + longest + "x", inBody),
        (
          request("POST /ns/s", "Transfer-Encoding: chunked")
            + "4001\r\n\(longest)x\r\n0\r\n\r\n", inBody
        ),
      ] {
        let answer = try daemon.ask(daemon.messages, text)
        #expect(answer.status == 413)
        #expect(answer.body == body)
      }
    }
  }

  @Test func `a text whose lines make an event of more than 64 KB is refused with 413`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      // The first line of the event is `data: s=`, and each line feed of the text begins another
      // one of 7 bytes; an empty line ends it.
      let most = (65_536 - "data: s=\n\n".utf8.count) / "data: \n".utf8.count
      let answer = try daemon.sendMessage(String(repeating: "\n", count: most), to: "ns")
      #expect(answer == #"{"connections":1}"#)
      let line = String(repeating: "\n", count: most + 1)
      let head = request("POST /ns/s", "Content-Length: \(most + 1)")
      let refused = try daemon.ask(daemon.messages, head + line)
      #expect(refused.status == 413)
      #expect(
        refused.body == "413 Content Too Large: the event has more than 65536 bytes, to which each "
          + "line of the text adds a field\n")
      #expect(try stream.next().lines == ["data: s="] + Array(repeating: "data: ", count: most))
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
