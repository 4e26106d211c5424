// The support of the HTTP tests: requests as text, parsed whole or in pieces.

import MeterModel

/// Makes and parses requests.
enum HTTP {
  /// The bytes of a text.
  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// The outcome of parsing a head that arrives in one piece.
  static func parse(_ text: String, limits: RequestLimits = .standard) -> RequestProgress {
    parse(bytes(text), limits: limits)
  }

  static func parse(_ request: [UInt8], limits: RequestLimits = .standard) -> RequestProgress {
    var parser = RequestHeadParser(limits: limits)
    return parser.parse(request.span)
  }

  /// The outcome of parsing a head that arrives in pieces which end at `splits` and at its end.
  static func parse(
    _ request: [UInt8], splits: [Int], limits: RequestLimits = .standard
  ) -> RequestProgress {
    var parser = RequestHeadParser(limits: limits)
    for end in splits {
      let progress = parser.parse(Array(request[..<end]).span)
      guard progress == .incomplete else { return progress }
    }
    return parser.parse(request.span)
  }

  /// The head of a request, which must be complete and valid.
  static func head(_ text: String, limits: RequestLimits = .standard) throws -> RequestHead {
    try head(bytes(text), limits: limits)
  }

  static func head(_ request: [UInt8], limits: RequestLimits = .standard) throws -> RequestHead {
    switch parse(request, limits: limits) {
    case .complete(let head): return head
    case .incomplete: throw Incomplete()
    case .failed(let failure): throw failure
    }
  }

  /// A GET of `target` with the given further field lines.
  static func get(_ target: String, _ fields: String...) -> String {
    request("GET", target, fields)
  }

  static func request(_ method: String, _ target: String, _ fields: [String] = []) -> String {
    "\(method) \(target) HTTP/1.1\r\nHost: example.org\r\n"
      + fields.map { $0 + "\r\n" }.joined() + "\r\n"
  }

  /// The text of a range of a request.
  static func slice(_ range: ByteRange, of request: String) -> String {
    String(decoding: bytes(request)[range.bounds], as: UTF8.self)
  }

  /// The error of a head that is incomplete.
  struct Incomplete: Error {}
}
