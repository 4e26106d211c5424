import Testing

/// Defects of audience-meter 2 that show from outside, each by the way in which it was reproduced.
@Suite struct `Never again` {
  private static let inherited = [
    "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__",
    "prototype", "length",
  ]

  @Test func `a namespace named as a member of Object's prototype is like any other`() throws {
    try RunningDaemon.serving("--enable-uuid") { daemon in
      let stays = try EventStream("/ns", of: daemon)
      let streams = try Self.inherited.map { try EventStream("/\($0)", of: daemon) }
      for name in Self.inherited {
        #expect(try daemon.ask(daemon.audience, request("GET /x/\(name)")).status == 200)
        #expect(
          try daemon.ask(daemon.messages, request("GET /\(name)/s/m")).body == #"{"connections":1}"#
        )
      }
      #expect(try daemon.figures().count == Self.inherited.count + 1)
      for (name, stream) in zip(Self.inherited, streams) {
        try stream.read(untilData: "s=m")
        stream.client.close()
        try daemon.awaitMembers(name, 0)
      }
      #expect(try daemon.count("ns") == 1)
      #expect(stays.greeting.count == 1)
    }
  }

  /// Request targets that ended audience-meter 2, and their status at the public and the demo port.
  /// The other ports have none of these paths.
  @Test(arguments: [
    ("http://%@h/x", 400), ("//%@x/y", 404), ("http://[x/", 400), ("http://xn--a/x", 200),
    ("foo://bar", 200), ("/%", 200), ("/%zz", 200), ("/%00", 200), ("http://", 400), ("://", 400),
    ("/\\", 200), ("/a\\b", 200), ("/{a}@", 200), ("http://@/x", 400), ("http://:80/", 400),
    ("?", 400), ("/?", 200), ("//", 404),
  ])
  func `a malformed request target ends no stream`(target: String, status: Int) throws {
    try RunningDaemon.serving { daemon in
      let stays = try EventStream("/ns", of: daemon)
      for port in [daemon.audience, daemon.demo, daemon.messages] {
        let expected = port == daemon.messages && status == 200 ? 404 : status
        for accept in ["*/*", "text/event-stream"] {
          let client = try RawClient(port: port)
          try client.send(request("GET \(target)", "Accept: \(accept)"))
          #expect(try client.readAnswerHead().status == expected)
        }
      }
      let client = try RawClient(port: daemon.statistics)
      try client.send(request("GET \(target)"))
      client.finish()
      #expect(try client.readAnswerHead().status == (status == 400 ? 400 : 404))
      try daemon.sendMessage("m", to: "ns")
      try stays.read(untilData: "s=m")
    }
  }

  @Test func `a message is not taken for a count`() throws {
    try RunningDaemon.serving("--notify-max-delay", "60") { daemon in
      let first = try EventStream("/ns", of: daemon)
      try daemon.sendMessage("hello", to: "ns")
      #expect(try EventStream("/ns", of: daemon).greeting.count == 2)
      try first.read(untilData: "s=hello")
    }
  }

  @Test func `the retirement of @foo does not retire foo`() throws {
    try RunningDaemon.serving("--namespace-clean-delay", "0", "--notify-max-delay", "100ms") {
      daemon in
      let streams = try (0..<3).map { _ in try EventStream("/foo", of: daemon) }
      try EventStream("/@foo", of: daemon).client.close()
      try daemon.awaitNamespaces(["foo"])
      #expect(try daemon.figures().mapValues(\.members) == ["foo": 3])
      streams[2].client.close()
      try streams[0].read(untilCount: 2)
    }
  }

  @Test func `a very long maximum duration does not end a stream at once`() throws {
    try RunningDaemon.serving("--max-conn-duration", "2147484", "--notify-max-delay", "100ms") {
      daemon in
      let stream = try EventStream("/ns", of: daemon)
      for _ in 0..<3 { #expect(try stream.next().count == 1) }
    }
  }

  @Test func `a reload is not shown as two viewers`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      for _ in 0..<10 {
        let stream = try EventStream("/ns", of: daemon)
        #expect(stream.greeting.count == 1)
        stream.client.close()
        try daemon.awaitMembers("ns", 0)
      }
    }
  }

  @Test func `a viewer who joins for a moment is not counted for ever`() throws {
    try RunningDaemon.serving { daemon in
      for _ in 0..<300 {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        _ = try client.receiveOnce()
        client.reset()
      }
      try daemon.awaitMembers("ns", 0)
      #expect(try daemon.figures()["ns"]?.connections == 300)
    }
  }

  @Test func `a flood of namespaces does not stay in the statistics`() throws {
    try RunningDaemon.serving("--namespace-clean-delay", "100ms") { daemon in
      for index in 0..<1500 { try EventStream("/visit-\(index)", of: daemon).client.close() }
      try daemon.awaitNamespaces([])
    }
  }
}
