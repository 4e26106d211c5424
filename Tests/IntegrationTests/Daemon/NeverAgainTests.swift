import Testing

/// The original's defects that show from outside, each by the way it was reproduced (ORIGINAL.md).
@Suite struct `Never again` {
  private static let inherited = [
    "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__",
    "prototype", "length",
  ]

  @Test func `does a name of Object's prototype do harm`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let stays = try EventStream("/ns", of: daemon)
      let streams = try Self.inherited.map { try EventStream("/\($0)", of: daemon) }
      for name in Self.inherited {
        #expect(try daemon.ask(daemon.audience, request("GET /x/\(name)")).status == 200)
        #expect(try daemon.ask(daemon.messages, request("GET /\(name)/s/m")).body.contains("1"))
      }
      #expect(try daemon.statistics().count == Self.inherited.count + 1)
      for (name, stream) in zip(Self.inherited, streams) {
        #expect(try stream.read(untilData: "s=m").isEmpty == false)
        stream.client.close()
        try daemon.awaitMembers(name, 0)
      }
      #expect(try daemon.count("ns") == 1)
      #expect(stays.greeting.count == 1)
    }
  }

  @Test(arguments: [
    "http://%@h/x", "//%@x/y", "http://[x/", "http://xn--a/x", "foo://bar", "/%", "/%zz", "/%00",
    "http://", "://", "/\\", "/a\\b", "/{a}@", "http://@/x", "http://:80/", "?", "/?", "//",
  ])
  func `does a bad URL end anything`(target: String) throws {
    try RunningDaemon.serving { daemon in
      let stays = try EventStream("/ns", of: daemon)
      for port in [daemon.audience, daemon.demo, daemon.messages] {
        for accept in ["*/*", "text/event-stream"] {
          let client = try RawClient(port: port)
          try client.send(request("GET \(target)", "Accept: \(accept)"))
          #expect(try client.readAnswerHead().status >= 200)
        }
      }
      let client = try RawClient(port: daemon.statistics)
      try client.send(request("GET \(target)"))
      client.finish()
      #expect(try !client.readToEnd().isEmpty)
      #expect(try daemon.count("ns") == 1)
      #expect(stays.greeting.count == 1)
    }
  }

  @Test func `is a message taken for a count`() throws {
    try RunningDaemon.serving("--notify-max-delay", "60") { daemon in
      let first = try EventStream("/ns", of: daemon)
      try daemon.sendMessage("hello", to: "ns")
      #expect(try EventStream("/ns", of: daemon).greeting.count == 2)
      #expect(try first.read(untilData: "s=hello").isEmpty == false)
    }
  }

  @Test func `does a namespace with an @ take another with it`() throws {
    try RunningDaemon.serving("--namespace-clean-delay", "0", "--notify-max-delay", "100ms") {
      daemon in
      let streams = try (0..<3).map { _ in try EventStream("/foo", of: daemon) }
      try EventStream("/@foo", of: daemon).client.close()
      let deadline = Deadline()
      while try daemon.statistics().keys.contains("@foo"), !deadline.hasPassed {}
      #expect(try daemon.statistics().mapValues(\.members) == ["foo": 3])
      streams[2].client.close()
      try streams[0].read(untilTold: 2)
    }
  }

  @Test func `does a very long maximum duration end everything at once`() throws {
    try RunningDaemon.serving("--max-conn-duration", "2147484", "--notify-max-delay", "100ms") {
      daemon in
      let stream = try EventStream("/ns", of: daemon)
      for _ in 0..<3 { #expect(try stream.next().count == 1) }
    }
  }

  @Test func `is a reload shown as two viewers`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      for _ in 0..<10 {
        let stream = try EventStream("/ns", of: daemon)
        #expect(stream.greeting.count == 1)
        stream.client.close()
        try daemon.awaitMembers("ns", 0)
      }
    }
  }

  @Test func `is who joins for a moment counted for ever`() throws {
    try RunningDaemon.serving { daemon in
      for _ in 0..<300 {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        _ = try client.receiveOnce()
        client.reset()
      }
      try daemon.awaitMembers("ns", 0)
      #expect(try daemon.statistics()["ns"]?.connections == 300)
    }
  }

  @Test func `does a flood of namespaces stay in memory`() throws {
    try RunningDaemon.serving("--namespace-clean-delay", "100ms") { daemon in
      for index in 0..<1500 { try EventStream("/visit-\(index)", of: daemon).client.close() }
      let deadline = Deadline()
      while try !daemon.statistics().isEmpty, !deadline.hasPassed {}
      #expect(try daemon.statistics().isEmpty)
    }
  }
}
