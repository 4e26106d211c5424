import Foundation
import Testing

/// The demo port (SPEC §5).
@Suite struct `The demo port` {
  @Test func `welcomes`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET /"))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "text/html; charset=utf-8")
      #expect(answer.body.contains("<a href="))
    }
  }

  @Test func `shows a page for a namespace, whose name is escaped`() throws {
    try RunningDaemon.serving { daemon in
      for name in ["<script>alert(1)</script", "\"onload=\"x", "'x'", "&amp;", "$&$`$'", "{port}"] {
        let answer = try daemon.ask(daemon.demo, request("GET /\(name.replacing("/", with: ""))"))
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "text/html; charset=utf-8")
        for raw in ["<script>alert", "\"onload=\"x", "'x'", "&amp;\""] where name.contains(raw) {
          #expect(!answer.body.contains(raw), "\(name)")
        }
      }
    }
  }

  @Test(arguments: ["audience.js", "audience.mjs", "jquery.audience.js"])
  func `serves the client files as they are`(name: String) throws {
    let file = try String(contentsOfFile: "\(projectFolder)/client/\(name)", encoding: .utf8)
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET /client/\(name)?v=1"))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "text/javascript; charset=utf-8")
      #expect(answer.body == file)
    }
  }

  @Test(arguments: [
    "/client/", "/client/none.js", "/client/../client/audience.js", "/client/demo.html",
    "/../etc/passwd", "/client/..%2F..%2Fetc%2Fpasswd", "/lib/worker.js/x", "//etc/passwd",
    "/client//audience.js", "/client/audience.js/", "/a/b/c", "/ns/",
  ])
  func `has nothing else, and nothing of the disk`(path: String) throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET \(path)"))
      #expect(answer.status == 404)
    }
  }

  @Test func `only shows things`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("POST /ns"))
      #expect(answer.status == 405)
      #expect(answer["Allow"] == "GET, HEAD")
      #expect(try daemon.ask(daemon.demo, request("HEAD /ns")).status == 200)
    }
  }

  @Test func `does without Host in HTTP 1.0`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, "GET /test HTTP/1.0\r\n\r\n")
      #expect(answer.status == 200)
      #expect(daemon.isRunning)
    }
  }
}
