// The pages that may read a response (§4).

import MeterModel
import Testing

@Suite struct `The access of pages` {
  private func access(_ text: String) throws -> PageAccess {
    PageAccess(try HTTP.head(text), in: HTTP.bytes(text).span)
  }

  private func origin(_ name: String) -> PageAccess { .origin(ContiguousArray(name.utf8)) }

  @Test func `is for every origin without an Origin or without credentials`() throws {
    #expect(try access(HTTP.get("/ns")) == .everyOrigin)
    #expect(try access(HTTP.get("/ns", "Origin: https://a.example")) == .everyOrigin)
    #expect(try access(HTTP.get("/ns", "Cookie: a=b", "Authorization: Basic eA==")) == .everyOrigin)
    #expect(try access(HTTP.get("/ns", "Origin:", "Cookie: a=b")) == .everyOrigin)
    #expect(try access(HTTP.request("OPTIONS", "/ns")) == .everyOrigin)
  }

  @Test(arguments: ["Cookie: a=b", "cookie:", "Authorization: Bearer x"])
  func `is for the origin of a request with credentials`(field: String) throws {
    for name in ["https://a.example", "http://[::1]:8080", "null"] {
      #expect(try access(HTTP.get("/ns", "Origin: \(name)", field)) == origin(name))
      #expect(try access(HTTP.get("/ns", field, "ORIGIN:  \(name)\t")) == origin(name))
    }
  }

  @Test func `is for the origin of a preflight`() throws {
    #expect(try access(HTTP.request("OPTIONS", "/ns", ["Origin: http://a"])) == origin("http://a"))
  }

  @Test func `is for the origin of every request for a file that caches keep, and varies by it`()
    throws
  {
    let tag = EntityTag(of: HTTP.bytes("x").span)
    for (fields, origin) in [
      (["Origin: https://a.example"], "https://a.example"),
      (["Origin: https://a.example", "Cookie: a=b"], "https://a.example"), ([], "*"),
      (["Cookie: a=b"], "*"),
    ] {
      for fields in [fields, fields + ["If-None-Match: \(tag.text)"]] {
        let text = HTTP.request("GET", "/client/audience.js", fields)
        let head = try HTTP.head(text)
        let bytes = HTTP.bytes(text)
        var output: ContiguousArray<UInt8> = []
        ResponseEncoder(
          date: HTTPDate(unixSeconds: 784_111_777),
          signer: StreamSigner(run: 0, key: HashKey(1, 2)), viewerIDs: .off
        ).append(
          .script, file: HTTP.bytes("x").span, tag,
          ifNoneMatch: bytes.span.extracting(head.ifNoneMatch.bounds),
          PageAccess(ofKeptFile: head, in: bytes.span), for: Exchange(head), into: &output)
        let written = String(decoding: output, as: UTF8.self)
        let status = fields.last?.hasPrefix("If-None-Match") == true ? 304 : 200
        #expect(written.hasPrefix("HTTP/1.1 \(status) "), "\(written)")
        #expect(written.contains("Access-Control-Allow-Origin: \(origin)\r\n"), "\(written)")
        let varies = written.split(separator: "\r\n").count { $0 == "Vary: Origin" }
        #expect(varies == 1, "\(written)")
        let hasCredentials = written.contains("Access-Control-Allow-Credentials: true\r\n")
        #expect(hasCredentials == (origin != "*"), "\(written)")
      }
    }
  }

  @Test func `is for origins of up to 1,024 visible bytes`() throws {
    func access(_ origin: String) throws -> PageAccess {
      try self.access(HTTP.get("/ns", "Cookie: a", "Origin: \(origin)"))
    }
    func name(_ count: Int) -> String { String(repeating: "o", count: count) }
    #expect(try access(name(1023)) == origin(name(1023)))
    #expect(try access(name(1024)) == origin(name(1024)))
    #expect(try access(name(1025)) == .everyOrigin)
    for invalid in ["http://a b", "http://a\tb", "http://\u{E9}"] {
      #expect(try access(invalid) == .everyOrigin)
    }
  }

  @Test(arguments: [
    (PageAccess.sameOrigin, ""),
    (
      .everyOrigin,
      "Access-Control-Allow-Origin: *\r\nCross-Origin-Resource-Policy: cross-origin\r\n"
    ),
    (
      .origin(ContiguousArray("http://a".utf8)),
      """
      Access-Control-Allow-Origin: http://a\r
      Access-Control-Allow-Credentials: true\r
      Vary: Origin\r
      Cross-Origin-Resource-Policy: cross-origin\r

      """
    ),
  ])
  func `is written as fields of each kind of response`(access: PageAccess, fields: String) throws {
    let encoder = ResponseEncoder(
      date: HTTPDate(unixSeconds: 784_111_777), signer: StreamSigner(run: 0, key: HashKey(1, 2)),
      viewerIDs: .off)
    let exchange = Exchange(try HTTP.head(HTTP.get("/ns")))
    let bytes = HTTP.bytes("x")
    let writers: [(inout ContiguousArray<UInt8>) -> Void] = [
      { encoder.append(.text, body: bytes.span, access, for: exchange, into: &$0) },
      { encoder.append(.notFound, access, for: exchange, into: &$0) },
      { encoder.appendUnavailable(retryAfterSeconds: 5, access, for: exchange, into: &$0) },
      { encoder.appendOptions(requestedHeaders: bytes.span, access, for: exchange, into: &$0) },
      { encoder.appendStreamHead(.chunked, access, into: &$0) },
      { encoder.appendEmptyStream(retryMilliseconds: 1, .plain, access, into: &$0) },
      { encoder.appendStopped(access, into: &$0) },
    ]
    for write in writers {
      var output: ContiguousArray<UInt8> = []
      write(&output)
      let written = String(decoding: output, as: UTF8.self)
      #expect(written.contains("\r\n\(fields)"), "\(written)")
      for name in ["Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy", "Vary: Origin"] {
        #expect(written.contains(name) == fields.contains(name), "\(written)")
      }
    }
  }
}
