import Glibc
import Testing

/// The audience port behind nginx with its default buffering (§4).
@Suite(
  .enabled(
    if: ChildProgram.path(of: "nginx") != nil && CurlStream.isInstalled,
    "needs nginx and curl in PATH or /usr/sbin"))
struct `Behind nginx` {
  /// The protocol between nginx and the daemon: HTTP/1.0 is the default.
  private static let versions = [
    "", "proxy_http_version 1.0;", "proxy_http_version 1.1;",
    "proxy_http_version 1.1; proxy_set_header Connection \"\";",
  ]

  @Test(arguments: versions)
  func `each event passes nginx at once, and a client that goes leaves at once`(
    directives: String
  ) throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let nginx = try ReverseProxy.nginx(before: daemon, directives)
      let stream = try CurlStream([], from: "http://127.0.0.1:\(nginx.port)/ns")
      #expect(stream.status == "HTTP/1.1 200")
      #expect(stream.greeting.count == 1)
      let other = try CurlStream(["--http1.0"], from: "http://127.0.0.1:\(nginx.port)/ns")
      #expect(other.greeting.count == 2)
      #expect(try stream.next().lines == ["data: 2"])
      #expect(try daemon.sendMessage("1-0", to: "ns", from: "score") == #"{"connections":2}"#)
      #expect(try stream.next().lines == ["data: score=1-0"])
      other.leave()
      try daemon.awaitMembers("ns", 1, within: Deadline.prompt)
      #expect(try stream.next().lines == ["data: 1"])
      stream.leave()
      try daemon.awaitMembers("ns", 0, within: Deadline.prompt)
    }
  }

  @Test(arguments: versions)
  func `plain requests through nginx get the count`(directives: String) throws {
    try RunningDaemon.serving { daemon in
      let nginx = try ReverseProxy.nginx(before: daemon, directives)
      let viewer = try EventStream("/ns", of: daemon)
      let client = try RawClient(port: nginx.port)
      // Two on one connection to nginx.
      for (field, body) in [
        ("Accept: */*", "1\n"), ("Accept: application/json", "{\"members\":1}"),
      ] {
        try client.send(request("GET /ns", field))
        let answer = try client.readAnswer()
        #expect(answer.status == 200 && answer.body == body)
        #expect(answer["Access-Control-Allow-Origin"] == "*")
      }
      #expect(viewer.greeting.count == 1)
      #expect(try daemon.figures()["ns"]?.connections == 1)
    }
  }

  @Test func `the scripts come through nginx, from the address of the streams`() throws {
    try RunningDaemon.serving { daemon in
      let nginx = try ReverseProxy.documentedNginx(before: daemon)
      let script = try daemon.ask(daemon.demo, request("GET /client/audience.js")).body
      let client = try RawClient(port: nginx.port)
      try client.send(request("GET /client/audience.js"))
      let answer = try client.readAnswer()
      #expect(answer.status == 200 && answer.body == script && !script.isEmpty)
      let stream = try CurlStream([], from: "http://127.0.0.1:\(nginx.port)/ns")
      #expect(stream.greeting.count == 1)
    }
  }

  @Test func `the end of a stream by the daemon passes nginx`() throws {
    let daemon = try RunningDaemon.start([])
    let nginx = try ReverseProxy.nginx(before: daemon)
    let stream = try CurlStream([], from: "http://127.0.0.1:\(nginx.port)/ns")
    try daemon.stop()
    #expect(try stream.curl.awaitExit().status == 0)
  }
}
