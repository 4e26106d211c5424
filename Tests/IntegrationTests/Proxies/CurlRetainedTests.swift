import Testing

/// Retained messages as the documentation sends them, with curl.
@Suite(.enabled(if: CurlStream.isInstalled, "needs curl in PATH"))
struct `curl and retained messages` {
  @Test func `a score that curl retains is sent to who joins later`() throws {
    try RunningDaemon.serving { daemon in
      let url = "http://localhost:\(daemon.messages)/football/score?retain"
      let early = try ChildProgram.curl(["-d", "0-0", url]).awaitExit()
      #expect(early.output == #"{"connections":0}"#)
      let first = try CurlStream([], from: "http://localhost:\(daemon.audience)/football")
      let sent = try ChildProgram.curl(["-d", "1-0", url]).awaitExit()
      #expect(sent.status == 0 && sent.output == #"{"connections":1}"#)
      #expect(try first.next().data == "score=1-0")
      let second = try CurlStream([], from: "http://localhost:\(daemon.audience)/football")
      #expect(second.greeting.count == 2)
      #expect(try second.next().data == "score=1-0")
    }
  }
}
