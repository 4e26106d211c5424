// The test vectors of llhttp and of Http11Probe. They are no part of the project; without them
// these tests are skipped.

import Foundation
import MeterModel
import Testing

@Suite struct `Vectors from outside` {
  /// The outcome of all requests in a vector's bytes.
  private enum Outcome: Equatable { case accepted, waiting, failed(RequestFailure) }

  /// Reads the bytes as a connection would: heads, bodies, and the next request, up to the first
  /// one that fails or ends the connection.
  private func outcome(_ bytes: [UInt8]) -> Outcome {
    var rest = bytes
    while true {
      var parser = RequestHeadParser()
      switch parser.parse(rest.span) {
      case .incomplete: return parser.hasBegun || rest.count == bytes.count ? .waiting : .accepted
      case .failed(let failure): return .failed(failure)
      case .complete(let head):
        rest.removeFirst(head.length)
        var decoder = BodyDecoder(head.body)
        var position = 0
        var progress = decoder.decode(rest.span, from: &position)
        while progress.isContent { progress = decoder.decode(rest.span, from: &position) }
        if progress == .failed { return .failed(.badRequest) }
        if progress == .incomplete { return .waiting }
        if !head.keepsAlive { return .accepted }
        rest.removeFirst(position)
      }
    }
  }

  /// Vectors of llhttp that it accepts or leaves open and RFC 9112 or §4 refuses; and the reverse.
  private static let exceptions: [String: (Outcome, String)] = [
    "connection: Restarting when keep-alive is explicitly":
      (.failed(.badRequest), "the second request has no Host"),
    "connection: No restart when keep-alive is off (1.0)":
      (.accepted, "what follows the last request of a connection is not read"),
    "pipelining: Should parse multiple events":
      (.failed(.badRequest), "the second request has no Host"),
    "content-length: Content-Length reset when no body is received":
      (.waiting, "a PUT with a length has a body, which is still to come"),
    "finish: It should be unsafe to finish after incomplete PUT request": (.waiting, "half a head"),
    "method: M-SEARCH request": (.failed(.notImplemented), "no registered method"),
    "method: PURGE request": (.failed(.notImplemented), "no registered method"),
    "method: SOURCE request": (.failed(.notImplemented), "no registered method"),
    "method: OPTIONS request with RTSP": (.failed(.badRequest), "not HTTP"),
    "method: ANNOUNCE request with RTSP": (.failed(.badRequest), "not HTTP"),
    "sample: Prefix newline": (.failed(.badRequest), "no Host"),
    "sample: Request starting with CRLF": (.failed(.badRequest), "no Host"),
    "sample: No HTTP version": (.failed(.badRequest), "HTTP/0.9 has no head"),
    "transfer-encoding: POST with `chunked` as last transfer-encoding":
      (.failed(.badRequest), "a # in the target"),
    "transfer-encoding: POST with `chunked` as last transfer-encoding (multiple headers)":
      (.failed(.badRequest), "a # in the target"),
    "uri: Fragment in URI": (.failed(.badRequest), "a # in the target"),
  ]

  @Test(
    .enabled(
      if: Vectors.llhttp != nil, "shared/vectors/http-llhttp.jsonl is not beside the package"))
  func `of llhttp are judged as it judges them, or more strictly`() throws {
    var judged = 0
    for vector in try #require(Vectors.llhttp) {
      let outcome = outcome(vector.bytes)
      judged += 1
      if let (expected, reason) = Self.exceptions[vector.name] {
        #expect(outcome == expected, "\(vector.name): \(reason)")
        continue
      }
      switch vector.expectation {
      case "accept": #expect(outcome == .accepted, "\(vector.name)")
      case "wait": #expect(outcome == .waiting, "\(vector.name)")
      case "reject":
        if case .failed = outcome { continue }
        Issue.record("\(vector.name) is not refused: \(outcome)")
      default: break
      }
    }
    #expect(judged > 100)
  }

  /// Vectors of Http11Probe that require more than a status (an echoed body, a header), so that
  /// they list no passing status; and one whose status is another one by §4.
  private static let statuses: [String: String] = [
    "COMP-POST-CL-BODY": "200", "COMP-CHUNKED-BODY": "200", "COMP-CHUNKED-MULTI": "200",
    "COMP-CHUNKED-EXTENSION": "200", "COMP-CHUNKED-TRAILER-VALID": "200",
    "COMP-CHUNKED-HEX-UPPERCASE": "200", "COMP-405-ALLOW": "405", "COMP-DATE-HEADER": "200",
    // Its target is within the limit, but is a namespace of more than 255 bytes.
    "COMP-LONG-URL-OK": "414",
  ]

  @Test(
    .enabled(
      if: Vectors.http11probe != nil,
      "shared/vectors/http11probe-compliance.jsonl is not beside the package"))
  func `of Http11Probe get a status that passes`() throws {
    var judged = 0
    for vector in try #require(Vectors.http11probe) {
      let status = status(vector.bytes)
      judged += 1
      if let expected = Self.statuses[vector.name] {
        #expect(status == expected, "\(vector.name)")
        continue
      }
      #expect(
        vector.allowed.contains(status),
        "\(vector.name) gets \(status): \(vector.bytes.prefix(200).map { Character(.init($0)) })")
    }
    #expect(judged > 70)
  }

  /// The status of the first response; `none` if the server waits for more bytes.
  private func status(_ bytes: [UInt8]) -> String {
    var parser = RequestHeadParser()
    switch parser.parse(bytes.span) {
    case .incomplete: return "none"
    case .failed(let failure): return "\(failure.rawValue)"
    case .complete(let head):
      var decoder = BodyDecoder(head.body)
      var position = head.length
      var progress = decoder.decode(bytes.span, from: &position)
      while progress.isContent { progress = decoder.decode(bytes.span, from: &position) }
      if progress == .failed { return "400" }
      if progress == .incomplete { return "none" }
      switch AudienceRoute(head, in: bytes.span, viewerIDs: .off) {
      case .stream, .observer, .watch, .prefetchedStream, .streamHead, .root, .count, .counts,
        .ping,
        .leave, .crossDomainPolicy:
        return "200"
      case .options: return "204"
      case .notFound: return "404"
      case .methodNotAllowed: return "405"
      case .failure(let failure): return "\(failure.rawValue)"
      }
    }
  }
}

/// The vectors, from files beside the package; nil for a missing file.
private enum Vectors {
  struct Request {
    let name: String
    let bytes: [UInt8]
    let expectation: String
    /// The statuses that pass or only warn, with any state of the connection afterwards.
    let allowed: Set<String>
  }

  static let llhttp = read("http-llhttp.jsonl") { object in
    guard let name = object["name"] as? String, let data = bytes(object["raw_b64"]),
      let expectation = object["expect"] as? String
    else { return nil }
    return Request(name: name, bytes: data, expectation: expectation, allowed: [])
  }

  static let http11probe = read("http11probe-compliance.jsonl") { object in
    guard let name = object["id"] as? String, let data = bytes(object["payload_b64"]),
      let verdicts = object["verdicts"] as? [String: [String: [String]]]
    else { return nil }
    let passed = verdicts.values.flatMap { ($0["Pass"] ?? []) + ($0["Warn"] ?? []) }
    return Request(name: name, bytes: data, expectation: "", allowed: Set(passed))
  }

  private static func bytes(_ value: Any?) -> [UInt8]? {
    (value as? String).flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
  }

  private static func read(_ file: String, _ request: ([String: Any]) -> Request?) -> [Request]? {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let url = package.appending(path: "../shared/vectors/\(file)")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
    return text.split(separator: "\n").compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        .flatMap { $0 }.flatMap(request)
    }
  }
}
