import Testing

/// curl as a client, without a proxy.
@Suite(.enabled(if: CurlStream.isInstalled, "needs curl in PATH"))
struct `curl` {
  @Test(arguments: [
    [], ["--http1.0"], ["--http1.1"], ["--http2"], ["-4"], ["-6"], ["-X", "POST"],
    ["-d", "a body"], ["-H", "Expect: 100-continue", "-d", "a body"],
  ])
  func `curl gets each event at once, and leaves at once`(options: [String]) throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let stream = try CurlStream(options, from: "http://localhost:\(daemon.audience)/ns")
      #expect(stream.status == "HTTP/1.1 200")
      let isChunked = stream.head.contains("\r\nTransfer-Encoding: chunked\r\n")
      #expect(isChunked == !options.contains("--http1.0"))
      #expect(stream.greeting.count == 1)
      #expect(stream.greeting.retry == 2000)
      let other = try EventStream("/ns", of: daemon)
      #expect(try stream.next().lines == ["data: 2"])
      try daemon.sendMessage("two\nlines", to: "ns")
      #expect(try stream.next().lines == ["data: s=two", "data: lines"])
      stream.leave()
      try other.read(untilCount: 1, within: Deadline.prompt)
    }
  }

  @Test(arguments: [[], ["--http1.0"], ["-d", "a body"]])
  func `curl gets the count without being counted`(options: [String]) throws {
    try RunningDaemon.serving { daemon in
      let viewer = try EventStream("/ns", of: daemon)
      let curl = try ChildProgram.curl(options + ["http://localhost:\(daemon.audience)/ns"])
      let answer = try curl.awaitExit()
      #expect(answer.status == 0 && answer.output == "1\n")
      #expect(viewer.greeting.count == 1)
      #expect(try daemon.figures()["ns"]?.connections == 1)
    }
  }

  @Test func `curl gets a file of the client once while its tag is the same`() throws {
    try RunningDaemon.serving { daemon in
      let url = "http://localhost:\(daemon.demo)/client/audience.js"
      let folder = try TemporaryFolder()
      let tag = "\(folder.path)/tag"
      let wanted = ["-o", "\(folder.path)/file", "-w", "%{http_code} %{size_download}"]
      let first = try ChildProgram.curl(["--etag-save", tag] + wanted + [url]).awaitExit()
      let size = try String(contentsOfFile: "\(projectFolder)/client/audience.js", encoding: .utf8)
        .utf8.count
      #expect(first.output == "200 \(size)")
      let second = try ChildProgram.curl(["--etag-compare", tag] + wanted + [url]).awaitExit()
      #expect(second.output == "304 0")
    }
  }

  @Test func `curl without HTTP/1.1 is refused at once`() throws {
    try RunningDaemon.serving { daemon in
      let curl = try ChildProgram.curl([
        "--http2-prior-knowledge", "-N", "-H", "Accept: text/event-stream",
        "http://localhost:\(daemon.audience)/ns",
      ])
      let answer = try curl.awaitExit()
      // 16: the response is no HTTP/2; 52 and 56: the connection was ended.
      #expect([16, 52, 56].contains(answer.status), "\(answer)")
      #expect(try daemon.figures().isEmpty)
    }
  }
}
