// A strict parser of request heads (RFC 9112). It refuses ambiguous bytes, so that no other reader
// can find different requests in them. It gets the whole buffer each time and resumes where it
// stopped, so that a client that sends byte by byte costs no more than one that sends all at once.
// The result depends on the bytes only, not on their split: each failure belongs to one byte.

/// The result of parsing some bytes of a request.
package enum RequestProgress: Equatable, Sendable {
  /// More bytes are needed.
  case incomplete

  /// The head has ended. The body and the next request follow it.
  case complete(RequestHead)

  /// The request cannot be served, whatever bytes follow.
  case failed(RequestFailure)
}

/// A parser of one request head.
package struct RequestHeadParser: Sendable {
  /// The element to which the next byte belongs. The phases follow one another in this order;
  /// `fieldStart` to `valueEnd` repeat for each field, and each can become `failed`.
  private enum Phase: UInt8 {
    case emptyLine, emptyLineEnd, method, target, version
    case fieldStart, name, valueStart, value, valueEnd, headEnd
    case complete, failed
  }

  private let limits: RequestLimits
  private var phase = Phase.emptyLine
  private var failure = RequestFailure.badRequest

  /// The position of the next byte.
  private var position = 0

  /// The start of the present element (method, target, version, name, value).
  private var mark = 0

  /// The end of the present value, with the blanks at its end.
  private var valueEnd = 0

  private var emptyLines = 0
  private var fieldCount = 0
  private var isMethodKnown = false
  private var field = RequestField.other
  private var framing = RequestFraming()

  /// The head as far as it was parsed: its method, path and fields. The method is `GET` before its
  /// end and where it is unknown.
  package private(set) var head = RequestHead()

  /// Whether the bytes are a request of HTTP: a request line was parsed, or it was refused for an
  /// unknown method, for the version, or for the length of a target that begins with `/` or follows
  /// a known method. Without that, the bytes may be no HTTP.
  package private(set) var hasRequestLine = false

  /// The maximum number of empty lines before a request (RFC 9112 §2.2 requires at least one).
  package static let maximumEmptyLines = 4

  /// A parser before the first byte.
  package init(limits: RequestLimits = .standard) {
    self.limits = limits
  }

  /// Whether anything but empty lines was parsed. A connection that closes before that is no failed
  /// request.
  package var hasBegun: Bool {
    phase != .emptyLine && phase != .emptyLineEnd
  }

  /// Parses the bytes that came since the last call. `bytes` are all bytes of the request so far,
  /// and what follows it. O(new bytes), without allocation.
  package mutating func parse(_ bytes: Span<UInt8>) -> RequestProgress {
    do throws(RequestFailure) {
      let end = min(bytes.count, limits.head)
      while position < end {
        try step(bytes, upTo: end)
        if phase == .complete { return .complete(head) }
      }
      if phase == .complete { return .complete(head) }
      guard bytes.count < limits.head else { throw RequestFailure.headTooLarge }
      return .incomplete
    } catch {
      phase = .failed
      failure = error
      return .failed(error)
    }
  }

  /// The bytes that a method has beyond the length of any known one; nil if the head was not
  /// refused for that. Without them it may be a request line all the same.
  package func excessOfMethod(in bytes: Span<UInt8>) -> Range<Int>? {
    guard phase == .failed, failure == .notImplemented, !hasRequestLine else { return nil }
    var end = position
    while end < bytes.count, bytes[end].isTokenCharacter { end += 1 }
    return position..<end
  }

  /// Scans one element, or the part of it that there is.
  private mutating func step(_ bytes: Span<UInt8>, upTo end: Int) throws(RequestFailure) {
    switch phase {
    case .emptyLine: try scanEmptyLine(bytes[position])
    case .emptyLineEnd:
      try expect(ASCII.lineFeed, bytes)
      phase = .emptyLine
    case .method: try scanMethod(bytes, upTo: end)
    case .target: try scanTarget(bytes, upTo: end)
    case .version: try scanVersion(bytes)
    case .fieldStart: try startField(bytes[position])
    case .name: try scanName(bytes, upTo: end)
    case .valueStart:
      if bytes[position].isBlank {
        position += 1
      } else {
        mark = position
        phase = .value
      }
    case .value: try scanValue(bytes, upTo: end)
    case .valueEnd:
      try expect(ASCII.lineFeed, bytes)
      let value = bytes.trimmingTrailingBlanks(mark..<valueEnd)
      try take(field, value, of: bytes)
      phase = .fieldStart
    case .headEnd:
      try expect(ASCII.lineFeed, bytes)
      try finish()
    case .complete: break
    case .failed: throw failure
    }
  }

  private mutating func expect(_ byte: UInt8, _ bytes: Span<UInt8>) throws(RequestFailure) {
    guard bytes[position] == byte else { throw .badRequest }
    position += 1
  }
}

// MARK: - The request line

extension RequestHeadParser {
  private mutating func scanEmptyLine(_ byte: UInt8) throws(RequestFailure) {
    if byte == ASCII.carriageReturn {
      guard emptyLines < Self.maximumEmptyLines else { throw .badRequest }
      emptyLines += 1
      position += 1
      phase = .emptyLineEnd
    } else {
      mark = position
      phase = .method
    }
  }

  private mutating func scanMethod(_ bytes: Span<UInt8>, upTo end: Int) throws(RequestFailure) {
    while position < end {
      let byte = bytes[position]
      if byte == ASCII.space {
        guard position > mark else { throw .badRequest }
        if let method = RequestMethod(bytes, in: mark..<position) {
          head.method = method
          isMethodKnown = true
        }
        position += 1
        mark = position
        phase = .target
        return
      }
      guard byte.isTokenCharacter else { throw .badRequest }
      // RFC 9112 §3: a method that is longer than any known one gets 501.
      guard position - mark < RequestMethod.maximumName else { throw .notImplemented }
      position += 1
    }
  }

  private mutating func scanTarget(_ bytes: Span<UInt8>, upTo end: Int) throws(RequestFailure) {
    while position < end {
      let byte = bytes[position]
      if byte == ASCII.space {
        guard position > mark else { throw .badRequest }
        head.target = ByteRange(mark..<position)
        position += 1
        mark = position
        phase = .version
        return
      }
      guard byte > ASCII.space, byte < 0x7F, byte != UInt8(ascii: "#") else { throw .badRequest }
      guard position - mark < limits.target else {
        hasRequestLine = isMethodKnown || bytes[mark] == ASCII.slash
        throw .targetTooLong
      }
      position += 1
    }
  }

  /// Takes one byte of `HTTP/1.d` CR LF. A version other than 1.x is refused at its last digit,
  /// before the rest of the line and whatever the target and the method are: the preface of HTTP/2
  /// gets 505.
  private mutating func scanVersion(_ bytes: Span<UInt8>) throws(RequestFailure) {
    let byte = bytes[position]
    switch position - mark {
    case let offset where offset < 5:
      let name: UInt64 = 0x2F_5054_5448  // HTTP/, the first character lowest
      guard byte == UInt8(truncatingIfNeeded: name >> UInt64(8 * offset)) else {
        throw .badRequest
      }
    case 5, 7:
      guard byte.isDigit else { throw .badRequest }
      if position - mark == 7 {
        guard bytes[mark + 5] == UInt8(ascii: "1") else {
          hasRequestLine = true
          throw .versionNotSupported
        }
        head.minorVersion = byte - ASCII.zero
      }
    case 6: guard byte == ASCII.dot else { throw .badRequest }
    case 8: guard byte == ASCII.carriageReturn else { throw .badRequest }
    default:
      guard byte == ASCII.lineFeed else { throw .badRequest }
      hasRequestLine = true
      guard isMethodKnown else { throw .notImplemented }
      guard head.resolveTarget(in: bytes) else { throw .badRequest }
      phase = .fieldStart
    }
    position += 1
  }
}

// MARK: - Fields

extension RequestHeadParser {
  /// Takes the first byte of a field. A blank here would continue the line before, which is
  /// obsolete (RFC 9112 §5.2) and refused.
  private mutating func startField(_ byte: UInt8) throws(RequestFailure) {
    if byte == ASCII.carriageReturn {
      position += 1
      phase = .headEnd
      return
    }
    guard byte.isTokenCharacter else { throw .badRequest }
    guard fieldCount < limits.fields else { throw .headTooLarge }
    fieldCount += 1
    mark = position
    phase = .name
  }

  private mutating func scanName(_ bytes: Span<UInt8>, upTo end: Int) throws(RequestFailure) {
    var index = position
    while index < end, bytes[index].isTokenCharacter { index += 1 }
    position = index
    guard index < end else { return }
    try expect(ASCII.colon, bytes)
    field = RequestField(bytes, in: mark..<index)
    phase = .valueStart
  }

  private mutating func scanValue(_ bytes: Span<UInt8>, upTo end: Int) throws(RequestFailure) {
    var index = position
    while index < end, bytes[index].isFieldCharacter { index += 1 }
    position = index
    guard index < end else { return }
    try expect(ASCII.carriageReturn, bytes)
    valueEnd = index
    phase = .valueEnd
  }

  private mutating func take(
    _ field: RequestField, _ value: Range<Int>, of bytes: Span<UInt8>
  ) throws(RequestFailure) {
    if field == .other { return }
    try framing.take(field, value, of: bytes, minorVersion: head.minorVersion)
    head.take(field, value, of: bytes)
  }

  private mutating func finish() throws(RequestFailure) {
    guard head.minorVersion == 0 || !head.host.isEmpty else { throw .badRequest }
    head.body = try framing.body()
    head.keepsAlive = framing.keepsAlive(minorVersion: head.minorVersion)
    head.expectsContinue =
      framing.expectsContinue && head.minorVersion > 0
      && head.body != .none && head.body != .length(0)
    head.length = position
    phase = .complete
  }
}
