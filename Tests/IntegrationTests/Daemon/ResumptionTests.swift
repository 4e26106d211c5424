import Testing

/// Streams that come after others (§2 rules 5 and 6), by the daemon's default of
/// `--decrement-delay` and by others.
@Suite struct `A stream that was lost` {
  @Test func `is superseded by the one that comes after it, and ends cleanly`() throws {
    try RunningDaemon.serving("--notify-max-delay", "60") { daemon in
      let witness = try EventStream("/a", of: daemon)
      let former = try EventStream("/a", of: daemon)
      let newcomer = try EventStream("/a", of: daemon, lastEventID(of: former))
      #expect(newcomer.greeting.count == 2)
      let rest = try former.client.readToEnd()
      #expect(!rest.contains("retry"))
      #expect(try daemon.count("a") == 2)
      #expect(try daemon.figures()["a"]?.connections == 2)
      #expect(newcomer.greeting.id != former.greeting.id)
      withExtendedLifetime(witness) {}
    }
  }

  @Test(arguments: ["lastEventId", "last_event_id"])
  func `is superseded also by an id in the query`(name: String) throws {
    try RunningDaemon.serving { daemon in
      let former = try EventStream("/a", of: daemon)
      let id = former.greeting.id ?? ""
      let newcomer = try EventStream("/a?x&\(name)=\(id)", of: daemon)
      #expect(newcomer.greeting.count == 1)
      _ = try former.client.readToEnd()
      // The field is the only id that is read.
      let other = try EventStream(
        "/a?\(name)=\(newcomer.greeting.id ?? "")", of: daemon, "Last-Event-ID: x")
      #expect(other.greeting.count == 2)
    }
  }

  @Test func `ends over HTTP/1.1 with a last chunk when it is superseded`() throws {
    try RunningDaemon.serving { daemon in
      let client = try daemon.connect(to: daemon.audience)
      try client.send("GET /a HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n")
      let text = try client.read(through: "\n\n\r\n")
      let id = text.split(separator: "\n").first { $0.hasPrefix("id: ") }?.dropFirst(4) ?? ""
      let newcomer = try EventStream("/a", of: daemon, "Last-Event-ID: \(id)")
      #expect(newcomer.greeting.count == 1)
      #expect(try client.readToEnd() == "0\r\n\r\n")
    }
  }

  @Test func `comes back as the same viewer while that is counted`() throws {
    try RunningDaemon.serving("--decrement-delay", "60", "--increment-delay", "0") { daemon in
      let former = try EventStream("/a", of: daemon)
      // A viewer has an eighth of the delay for each eighth of it that it was there.
      try eventually("eight member seconds", within: 20) {
        try daemon.figures()["a"].map { $0.memberSeconds >= 8 } == true
      }
      former.client.close()
      let newcomer = try EventStream("/a", of: daemon, lastEventID(of: former))
      #expect(newcomer.greeting.count == 1)
      #expect(try daemon.figures()["a"]?.connections == 1)
      #expect(try daemon.figures()["a"]?.peak == 1)
    }
  }

  @Test func `is counted for as long as its age allows, by default for up to 5 s`() throws {
    try RunningDaemon.serving(defaults: []) { daemon in
      let old = try EventStream("/a", of: daemon)
      try eventually("six member seconds", within: 20) {
        try daemon.figures()["a"].map { $0.memberSeconds >= 6 } == true
      }
      let closed = ContinuousClock.now
      old.client.close()
      let young = try EventStream("/b", of: daemon)
      young.client.close()
      try daemon.awaitMembers("b", 0)
      #expect(try daemon.count("a") == 1 || closed.duration(to: .now) > .seconds(4))
      try daemon.awaitMembers("a", 0)
      #expect(closed.duration(to: .now) > .seconds(4))
    }
  }

  @Test func `is nobody's by an id that is altered or of another daemon`() throws {
    let other = try RunningDaemon.serving { try EventStream("/a", of: $0).greeting.id ?? "" }
    try RunningDaemon.serving { daemon in
      let former = try EventStream("/a", of: daemon)
      let id = former.greeting.id ?? ""
      let altered = String(id.dropLast()) + (id.hasSuffix("0") ? "1" : "0")
      for (number, id) in [altered, other, "", "1", id.uppercased() + "0"].enumerated() {
        let stream = try EventStream("/b\(number)", of: daemon, "Last-Event-ID: \(id)")
        #expect(stream.greeting.count == 1)
        let same = try EventStream("/a", of: daemon, "Last-Event-ID: \(id)")
        #expect(same.greeting.count == 2)
        same.client.close()
        try daemon.awaitMembers("a", 1)
      }
    }
  }

  private func lastEventID(of stream: EventStream) -> String {
    "Last-Event-ID: \(stream.greeting.id ?? "")"
  }
}
