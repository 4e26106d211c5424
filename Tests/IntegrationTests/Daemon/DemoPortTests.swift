import Foundation
import Testing

/// The demo port (§5).
@Suite struct `The demo port` {
  @Test func `the root of the demo port is a page of welcome with links`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET /"))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "text/html; charset=utf-8")
      #expect(answer.body.contains("<a href="))
    }
  }

  @Test func `the demo page of a namespace escapes its name`() throws {
    try RunningDaemon.serving { daemon in
      for (name, escaped) in [
        ("<script>alert(1)", "&lt;script&gt;alert(1)"), ("\"onload=\"x", "&quot;onload=&quot;x"),
        ("'x'", "&#39;x&#39;"), ("&amp;", "&amp;amp;"), ("$&$`$'", "$&amp;$`$&#39;"),
        ("{port}", "{port}"),
      ] {
        let answer = try daemon.ask(daemon.demo, request("GET /\(name)"))
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "text/html; charset=utf-8")
        #expect(answer.body.contains("<title>\(escaped) · "), "\(name)")
        #expect(answer.body.contains(">\(escaped)</h1>"), "\(name)")
        #expect(answer.body.contains(" data-namespace=\"\(escaped)\""), "\(name)")
        #expect(name == escaped || !answer.body.contains(">\(name)<"), "\(name)")
      }
    }
  }

  @Test(arguments: [
    "audience.js", "audience.mjs", "audience-count.js", "audience-ping.js", "audience-share.js",
    "jquery.audience.js",
  ])
  func `the demo port serves the client files as they are`(name: String) throws {
    let file = try String(contentsOfFile: "\(projectFolder)/client/\(name)", encoding: .utf8)
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET /client/\(name)?v=1"))
      #expect(answer.status == 200)
      #expect(answer["Content-Type"] == "text/javascript; charset=utf-8")
      #expect(answer.body == file)
    }
  }

  @Test func `a file of the client has a tag, and is sent once to a client that keeps it`() throws {
    try RunningDaemon.serving { daemon in
      var tags: Set<String> = []
      for name in ["audience.js", "audience.mjs", "jquery.audience.js", "demo.css"] {
        let line = "GET /client/\(name)"
        let first = try daemon.ask(daemon.demo, request(line))
        #expect(first["Cache-Control"] == "max-age=600")
        let tag = try #require(first["ETag"])
        tags.insert(tag)
        let client = try RawClient(port: daemon.demo)
        for (value, status) in [
          (tag, 304), ("W/\(tag)", 304), ("\"a\", \(tag)", 304), ("\"a\"", 200),
        ] {
          try client.send(request(line, "If-None-Match: \(value)"))
          let answer = try client.readAnswer()
          #expect(answer.status == status)
          #expect(answer["ETag"] == tag)
          #expect(answer["Cache-Control"] == "max-age=600")
          #expect(answer["Access-Control-Allow-Origin"] == "*")
          #expect(answer.body == (status == 200 ? first.body : ""))
        }
      }
      #expect(tags.count == 4)
    }
  }

  @Test(arguments: [
    "/client/", "/client/none.js", "/client/../client/audience.js", "/client/demo.html",
    "/client/package.json", "/client/audience.d.ts",
    "/../etc/passwd", "/client/..%2F..%2Fetc%2Fpasswd", "/lib/worker.js/x", "//etc/passwd",
    "/client//audience.js", "/client/audience.js/", "/a/b/c", "/ns/",
  ])
  func `the demo port serves no other path, and no file of the disk`(path: String) throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("GET \(path)"))
      #expect(answer.status == 404)
    }
  }

  @Test func `the demo port refuses methods other than GET and HEAD`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, request("POST /ns"))
      #expect(answer.status == 405)
      #expect(answer["Allow"] == "GET, HEAD")
      #expect(try daemon.ask(daemon.demo, request("HEAD /ns")).status == 200)
    }
  }

  @Test func `a request in HTTP 1.0 needs no Host`() throws {
    try RunningDaemon.serving { daemon in
      let answer = try daemon.ask(daemon.demo, "GET /test HTTP/1.0\r\n\r\n")
      #expect(answer.status == 200)
      #expect(answer.body.contains("test"))
    }
  }
}
