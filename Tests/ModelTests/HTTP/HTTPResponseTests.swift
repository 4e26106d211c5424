// The responses, byte for byte.

import MeterModel
import Testing

@Suite struct `A response` {
  private let encoder = ResponseEncoder(
    date: HTTPDate(unixSeconds: 784_111_777), signer: StreamSigner(run: 0x7F1, key: HashKey(1, 2)),
    viewerIDs: .off)

  /// The stream with an ordinal, and the id of one.
  private static func stream(_ ordinal: UInt32) -> ConnectionKey {
    ConnectionKey(ConnectionID(0xBEEF), ConnectionOrdinal(ordinal))
  }
  private static let id = String(
    decoding: StreamSigner(run: 0x7F1, key: HashKey(1, 2)).identifier(of: stream(0xFE)).text,
    as: UTF8.self)
  private let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"

  private func written(_ write: (inout ContiguousArray<UInt8>) -> Void) -> String {
    var output: ContiguousArray<UInt8> = []
    write(&output)
    return String(decoding: output, as: UTF8.self)
  }

  private func exchange(_ text: String) throws -> Exchange { Exchange(try HTTP.head(text)) }

  private let streamHead = """
    HTTP/1.1 200 OK\r
    Content-Type: text/event-stream\r
    Cache-Control: no-cache, no-transform\r
    X-Accel-Buffering: no\r
    Access-Control-Allow-Origin: *\r
    Cross-Origin-Resource-Policy: cross-origin\r

    """

  private func streamHead(_ framing: StreamFraming) -> String {
    streamHead + (framing == .chunked ? "Transfer-Encoding: chunked\r\n" : "")
      + "Connection: close\r\n" + date
  }

  @Test(arguments: [
    (StreamFraming.plain, "", "", ""), (.chunked, "800\r\n", "4c\r\n", "\r\n"),
  ])
  func `that is a stream carries its first event`(
    framing: StreamFraming, paddingSize: String, size: String, end: String
  ) {
    func stream(isPadded: Bool, _ access: PageAccess) -> String {
      written {
        encoder.appendStream(
          greeting: 601, to: Self.stream(0xFE), isPadded: isPadded, framing, access,
          into: &$0)
      }
    }
    let head = streamHead(framing)
    let event = size + "retry: 2000\nid: \(Self.id)\ndata: 601\n\n" + end
    #expect(stream(isPadded: false, .everyOrigin) == head + event)
    let padding = paddingSize + String(repeating: "\n", count: 2048) + end
    #expect(stream(isPadded: true, .everyOrigin) == head + padding + event)
    #expect(written { encoder.appendStreamHead(framing, .everyOrigin, into: &$0) } == head)
    // The head that is made for one origin differs in the fields for pages only.
    let named = """
      Allow-Origin: http://a\r
      Access-Control-Allow-Credentials: true\r
      Vary: Origin
      """
    let origin = PageAccess.origin(ContiguousArray("http://a".utf8))
    #expect(
      stream(isPadded: false, origin)
        == head.replacing("Allow-Origin: *", with: named) + event)
  }

  @Test(arguments: [0, 9, 10, 99_999, UInt64(Int64.max), .max] as [UInt64])
  func `that is a chunked stream has the size of its first event`(count: UInt64) throws {
    let text = written {
      encoder.appendStream(
        greeting: count, to: Self.stream(1), isPadded: false, .chunked, .everyOrigin,
        into: &$0)
    }
    let chunk = text.utf8.dropFirst(streamHead(.chunked).utf8.count)
    let size = Int(String(decoding: chunk.prefix(2), as: UTF8.self), radix: 16)
    #expect(size == chunk.count - 6)
    #expect(text.hasSuffix("\ndata: \(count)\n\n\r\n"))
  }

  @Test func `in place of a stream contains the time to retry`() {
    for (framing, body) in [
      (StreamFraming.plain, "retry: 12345\n\n"),
      (.chunked, "e\r\nretry: 12345\n\n\r\n0\r\n\r\n"),
    ] {
      let empty = written {
        encoder.appendEmptyStream(retryMilliseconds: 12_345, framing, .everyOrigin, into: &$0)
      }
      #expect(empty == streamHead(framing) + body)
    }
  }

  @Test func `of a full server to another request contains the time to retry`() throws {
    let exchange = try exchange(HTTP.get("/ns"))
    let full = written {
      encoder.appendUnavailable(retryAfterSeconds: 7, .everyOrigin, for: exchange, into: &$0)
    }
    #expect(
      full == """
        HTTP/1.1 503 Service Unavailable\r
        Access-Control-Allow-Origin: *\r
        Cross-Origin-Resource-Policy: cross-origin\r
        Retry-After: 7\r
        Content-Type: text/plain; charset=utf-8\r
        Cache-Control: no-cache\r
        Content-Length: 24\r
        Connection: close\r
        \(date)503 Service Unavailable

        """)
  }

  @Test func `stops a viewer without a body`() {
    #expect(
      written { encoder.appendStopped(.everyOrigin, into: &$0) } == """
        HTTP/1.1 204 No Content\r
        Cache-Control: no-cache\r
        Access-Control-Allow-Origin: *\r
        Cross-Origin-Resource-Policy: cross-origin\r
        Connection: close\r
        \(date)
        """)
  }

  @Test func `with a count is text or JSON`() throws {
    func response(_ body: String, _ type: String) -> String {
      """
      HTTP/1.1 200 OK\r
      Access-Control-Allow-Origin: *\r
      Cross-Origin-Resource-Policy: cross-origin\r
      Vary: Accept\r
      Content-Type: \(type)\r
      Cache-Control: no-cache\r
      Content-Length: \(body.utf8.count)\r
      \(date)\(body)
      """
    }
    let exchange = try exchange(HTTP.get("/ns"))
    for (type, body) in [(ContentType.text, "12\n"), (.json, "{\"members\":12}"), (.text, "")] {
      let written = written {
        encoder.append(
          type, body: HTTP.bytes(body).span, .everyOrigin, variesByAccept: true, for: exchange,
          into: &$0)
      }
      #expect(written == response(body, type.rawValue))
    }
  }

  @Test func `to a HEAD is the head of that to a GET`() throws {
    let get = try exchange(HTTP.get("/ns"))
    let head = try exchange(HTTP.request("HEAD", "/ns"))
    let writers: [(Exchange, inout ContiguousArray<UInt8>) -> Void] = [
      {
        encoder.append(
          .text, body: HTTP.bytes("12").span, .everyOrigin, variesByAccept: true, for: $0,
          into: &$1)
      },
      { encoder.append(connections: 12, for: $0, into: &$1) },
      { encoder.appendRoot(for: $0, into: &$1) },
      { encoder.appendCrossDomainPolicy(for: $0, into: &$1) },
      { encoder.append(.notFound, .everyOrigin, for: $0, into: &$1) },
      { encoder.append(.html, body: HTTP.bytes("<p>").span, for: $0, into: &$1) },
      { encoder.appendUnavailable(retryAfterSeconds: 5, .everyOrigin, for: $0, into: &$1) },
      {
        encoder.append(
          .script, file: HTTP.bytes("x()").span, EntityTag(of: HTTP.bytes("x()").span),
          ifNoneMatch: HTTP.bytes("").span, .everyOrigin, for: $0, into: &$1)
      },
    ]
    for write in writers {
      let whole = written { write(get, &$0) }
      let only = written { write(head, &$0) }
      #expect(only.hasSuffix("\r\n\r\n"))
      #expect(whole.hasPrefix(only))
    }
  }

  @Test func `to the root is empty`() throws {
    let exchange = try exchange(HTTP.get("/"))
    #expect(
      written { encoder.appendRoot(for: exchange, into: &$0) } == """
        HTTP/1.1 200 OK\r
        Content-Type: text/plain; charset=utf-8\r
        Cache-Control: no-cache\r
        Content-Length: 0\r
        \(date)
        """)
  }

  @Test func `to a preflight allows the requested headers`() throws {
    let exchange = try exchange(HTTP.request("OPTIONS", "/ns"))
    func response(_ requested: String) -> String {
      written {
        encoder.appendOptions(
          requestedHeaders: HTTP.bytes(requested).span, .everyOrigin, for: exchange, into: &$0)
      }
    }
    func expected(_ allowed: String) -> String {
      """
      HTTP/1.1 204 No Content\r
      Access-Control-Allow-Origin: *\r
      Cross-Origin-Resource-Policy: cross-origin\r
      Allow: GET, HEAD, POST, OPTIONS\r
      Access-Control-Allow-Methods: GET, HEAD, POST, OPTIONS\r
      Access-Control-Max-Age: 86400\r
      Access-Control-Allow-Headers: \(allowed)\r
      \(date)
      """
    }
    let usual = "Accept, Cache-Control, Content-Type, Last-Event-ID, X-Requested-With"
    #expect(response("x-mine, last-event-id") == expected("x-mine, last-event-id"))
    #expect(response("") == expected(usual))
    #expect(response("a: b") == expected(usual))
    #expect(response(String(repeating: "a", count: 1024)).contains("aaaa"))
    #expect(response(String(repeating: "a", count: 1025)) == expected(usual))
  }

  @Test func `to Flash is the policy of the original`() throws {
    let exchange = try exchange(HTTP.get("/crossdomain.xml"))
    let policy =
      #"<?xml version="1.0"?><!DOCTYPE cross-domain-policy SYSTEM "#
      + #""http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd"><cross-domain-policy>"#
      + #"<site-control permitted-cross-domain-policies="master-only"/>"#
      + #"<allow-access-from domain="*" secure="false"/>"#
      + #"<allow-http-request-headers-from domain="*" headers="Accept"/></cross-domain-policy>"#
    #expect(
      written { encoder.appendCrossDomainPolicy(for: exchange, into: &$0) } == """
        HTTP/1.1 200 OK\r
        Content-Type: application/xml\r
        Cache-Control: no-cache\r
        Content-Length: 331\r
        \(date)\(policy)
        """)
  }

  @Test func `to the sender of a message contains the number of receivers`() throws {
    let exchange = try exchange(HTTP.get("/ns/svc/m"))
    #expect(
      written { encoder.append(connections: 42, for: exchange, into: &$0) } == """
        HTTP/1.1 200 OK\r
        Content-Type: application/json\r
        Cache-Control: no-cache\r
        Content-Length: 18\r
        \(date){"connections":42}
        """)
  }

  @Test(arguments: [
    (RequestFailure.badRequest, "400 Bad Request"), (.forbidden, "403 Forbidden"),
    (.timeout, "408 Request Timeout"),
    (.contentTooLarge, "413 Content Too Large"), (.targetTooLong, "414 URI Too Long"),
    (.headTooLarge, "431 Request Header Fields Too Large"),
    (.notImplemented, "501 Not Implemented"),
    (.versionNotSupported, "505 HTTP Version Not Supported"),
  ])
  func `to a failed request ends the connection`(failure: RequestFailure, status: String) throws {
    for exchange in [Exchange.last, try exchange(HTTP.get("/"))] {
      #expect(
        written { encoder.append(failure, .everyOrigin, for: exchange, into: &$0) } == """
          HTTP/1.1 \(status)\r
          Access-Control-Allow-Origin: *\r
          Cross-Origin-Resource-Policy: cross-origin\r
          Content-Type: text/plain; charset=utf-8\r
          Cache-Control: no-cache\r
          Content-Length: \(status.utf8.count + 1)\r
          Connection: close\r
          \(date)\(status)

          """)
    }
  }

  @Test(arguments: [
    (FailureReason.body(maximum: 65_536), "the body has more than 65536 bytes"),
    (.textInPath(maximum: 16_384), "the text in the path has more than 16384 bytes"),
    (
      .event(maximum: 65_536),
      "the event has more than 65536 bytes, to which each line of the text adds a field"
    ),
    (.foreignHost, "the Host is no address, not localhost and not in --local-names"),
    (.foreignOrigin, "a page of another origin may not use this port"),
  ])
  func `to a failed request may tell the reason`(reason: FailureReason, text: String) throws {
    let exchange = try exchange(HTTP.get("/"))
    let response = written {
      encoder.append(
        .contentTooLarge, because: reason, .sameOrigin, for: exchange, into: &$0)
    }
    let body = "413 Content Too Large: \(text)\n"
    #expect(
      response.hasSuffix(
        "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\(date)\(body)"))
  }

  @Test func `to a request that is no message has its form`() throws {
    func response(_ text: String, _ allowedMethods: String?) throws -> String {
      let exchange = try exchange(text)
      return written {
        encoder.appendNoMessage(allowedMethods: allowedMethods, for: exchange, into: &$0)
      }
    }
    let rest = """
      Content-Type: application/json\r
      Cache-Control: no-cache\r
      Content-Length: 17\r
      \(date)
      """
    let body = "{\"connections\":0}"
    #expect(
      try response(HTTP.get("/"), nil) == "HTTP/1.1 404 Not Found\r\n\(rest)\(body)")
    #expect(
      try response(HTTP.request("HEAD", "/"), "GET, POST")
        == "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, POST\r\n\(rest)")
  }

  @Test(arguments: [RequestFailure.notFound, .methodNotAllowed])
  func `to an unserved path or method keeps the connection`(failure: RequestFailure) throws {
    let exchange = try exchange(HTTP.get("/"))
    let response = written {
      encoder.append(failure, .sameOrigin, for: exchange, into: &$0)
    }
    #expect(!response.contains("Connection:"))
    #expect(
      response.contains("Allow: GET, HEAD, POST, OPTIONS\r\n") == (failure == .methodNotAllowed))
  }

  @Test func `has a Connection field where the version does not imply its value`() throws {
    func response(_ text: String) throws -> String {
      let exchange = try exchange(text)
      return written { encoder.appendRoot(for: exchange, into: &$0) }
    }
    #expect(try !response(HTTP.get("/")).contains("Connection"))
    #expect(try response(HTTP.get("/", "Connection: close")).contains("Connection: close\r\n"))
    #expect(try response("GET / HTTP/1.0\r\n\r\n").contains("Connection: close\r\n"))
    let asked = try response("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    #expect(asked.contains("Connection: keep-alive\r\n"))
  }

  @Test func `of endless statistics ends with the connection`() {
    #expect(
      written { encoder.appendHead(ofEndless: .json, into: &$0) } == """
        HTTP/1.1 200 OK\r
        Content-Type: application/json\r
        Cache-Control: no-cache\r
        Connection: close\r
        \(date)
        """)
  }

  @Test func `that is interim asks for the body`() {
    let interim = written { ResponseEncoder.appendContinue(into: &$0) }
    #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n")
  }
}
