import Testing

/// The requests that the statistics, message and admin ports refuse, since a page in a browser on
/// this machine may have sent them (§5).
@Suite struct `The ports of the operator` {
  private func head(_ line: String, host: String, _ fields: String...) -> String {
    (["\(line) HTTP/1.1", "Host: \(host)"] + fields + ["", ""]).joined(separator: "\r\n")
  }

  @Test func `a request under a name that is not this machine's is refused`() throws {
    try RunningDaemon.serving("--local-names", "meter.example,stats.example") { daemon in
      for (port, path) in [
        (daemon.statistics, "/stats"), (daemon.messages, "/ns/s/m"), (daemon.admin, "/"),
        (daemon.admin, "/stats"),
      ] {
        for host in ["127.0.0.1", "[::1]:\(port)", "localhost:\(port)", "Meter.Example:1"] {
          #expect(try daemon.ask(port, head("GET \(path)", host: host)).status == 200, "\(host)")
        }
        for host in ["evil.example:\(port)", "meter.example.evil.example"] {
          let answer = try daemon.ask(port, head("GET \(path)", host: host))
          #expect(answer.status == 403, "\(path) \(host)")
          #expect(answer["Connection"] == "close")
          #expect(
            answer.body == "403 Forbidden: the Host is no address, not localhost and not in "
              + "--local-names\n")
        }
        #expect(try daemon.ask(port, "GET \(path) HTTP/1.0\r\n\r\n").status == 200)
      }
      for port in [daemon.statistics, daemon.admin] {
        let answer = try daemon.ask(port, head("GET /healthz", host: "evil.example"))
        #expect(answer.status == 200)
      }
    }
  }

  @Test func `a request of a page of another origin is refused, and sends nothing`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      for (port, line) in [
        (daemon.statistics, "GET /stats"), (daemon.admin, "GET /stats"), (daemon.admin, "GET /"),
        (daemon.admin, "GET /healthz"), (daemon.messages, "GET /ns/s/m"),
        (daemon.messages, "POST /ns/s"), (daemon.messages, "OPTIONS /ns/s"),
      ] {
        let host = "localhost:\(port)"
        for origin in ["http://evil.example", "http://localhost:\(daemon.demo)", "null", ""] {
          let answer = try daemon.ask(port, head(line, host: host, "Origin: \(origin)"))
          #expect(answer.status == 403, "\(line) \(origin)")
          #expect(answer["Access-Control-Allow-Origin"] == nil)
          #expect(answer.body == "403 Forbidden: a page of another origin may not use this port\n")
        }
      }
      // An image or a link to the port: no Origin, but the browser tells where it is from.
      for site in ["cross-site", "same-site"] {
        let text = head("GET /ns/s/m", host: "localhost", "Sec-Fetch-Site: \(site)")
        #expect(try daemon.ask(daemon.messages, text).status == 403)
      }
      try daemon.sendMessage("last", to: "ns")
      #expect(try !stream.read(untilData: "s=last").dropLast().contains { $0.count == nil })
    }
  }

  @Test func `a request of a page of the port itself is answered`() throws {
    try RunningDaemon.serving { daemon in
      for (port, path) in [
        (daemon.statistics, "/stats"), (daemon.admin, "/stats"), (daemon.messages, "/ns/s/m"),
      ] {
        let host = "localhost:\(port)"
        let text = head("GET \(path)", host: host, "Origin: http://\(host)")
        let answer = try daemon.ask(port, text)
        #expect(answer.status == 200)
      }
    }
  }

  @Test func `the public and the demo port answer pages of any origin under any name`() throws {
    try RunningDaemon.serving { daemon in
      for port in [daemon.audience, daemon.demo] {
        let text = head("GET /ns", host: "any.example", "Origin: http://other.example")
        let answer = try daemon.ask(port, text)
        #expect(answer.status == 200)
      }
    }
  }
}
