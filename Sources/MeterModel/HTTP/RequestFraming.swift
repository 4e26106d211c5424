// The framing of a request's body, and the persistence of the connection. A head that two readers
// could understand differently is refused.

/// The framing and persistence according to the fields that were read so far.
struct RequestFraming {
  private var contentLength: UInt64?
  private var hasTransferEncoding = false
  private var isChunked = false
  private var hasOtherCoding = false
  private var hasHost = false
  private var saysClose = false
  private var saysKeepAlive = false
  private(set) var expectsContinue = false

  /// Takes a field. Fields that do not concern framing or persistence are ignored.
  mutating func take(
    _ field: RequestField, _ value: Range<Int>, of bytes: Span<UInt8>, minorVersion: UInt8
  ) throws(RequestFailure) {
    switch field {
    case .host:
      guard !hasHost, Authority.isHostField(bytes, in: value) else { throw .badRequest }
      hasHost = true
    case .contentLength:
      // Two equal lengths are refused too, as RFC 9112 §6.3 allows.
      guard contentLength == nil, !hasTransferEncoding else { throw .badRequest }
      guard let length = Self.decimal(bytes, in: value) else { throw .badRequest }
      contentLength = length
    case .transferEncoding:
      guard minorVersion > 0, contentLength == nil else { throw .badRequest }
      hasTransferEncoding = true
      try takeCodings(value, of: bytes)
    case .connection: takeConnectionOptions(value, of: bytes)
    case .expect:
      var expectations = ListElements(value)
      while let expectation = expectations.next(in: bytes) {
        if bytes.equalsIgnoringCase("100-continue", in: expectation) { expectsContinue = true }
      }
    case .accept, .userAgent, .lastEventID, .purpose, .ifNoneMatch, .origin, .credentials,
      .fetchSite, .requestMethod, .requestHeaders, .other:
      break
    }
  }

  /// The framing of the body, after all fields were taken (RFC 9112 §6.3).
  func body() throws(RequestFailure) -> RequestBody {
    if hasTransferEncoding {
      // Without `chunked` as the last coding the length is unknown; other codings before it are not
      // implemented (RFC 9112 §6.1).
      guard isChunked else { throw .badRequest }
      guard !hasOtherCoding else { throw .notImplemented }
      return .chunked
    }
    guard let contentLength else { return .none }
    return .length(contentLength)
  }

  /// Whether another request may follow (RFC 9112 §9.3).
  func keepsAlive(minorVersion: UInt8) -> Bool {
    !saysClose && (minorVersion > 0 || saysKeepAlive)
  }

  /// Takes a list of codings. `chunked` must be the last one and have no parameters.
  private mutating func takeCodings(
    _ value: Range<Int>, of bytes: Span<UInt8>
  ) throws(RequestFailure) {
    var codings = ListElements(value)
    while let coding = codings.next(in: bytes) {
      guard !isChunked, Self.isCoding(bytes, in: coding) else { throw .badRequest }
      if bytes.equalsIgnoringCase("chunked", in: coding) {
        isChunked = true
      } else {
        hasOtherCoding = true
      }
    }
  }

  /// Whether the bytes are the name of a coding, with optional parameters.
  private static func isCoding(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound, bytes[index].isTokenCharacter { index += 1 }
    guard index > range.lowerBound else { return false }
    guard index < range.upperBound else { return true }
    return bytes[index] == ASCII.semicolon
      && !bytes.equalsIgnoringCase("chunked", in: range.lowerBound..<index)
  }

  private mutating func takeConnectionOptions(_ value: Range<Int>, of bytes: Span<UInt8>) {
    var options = ListElements(value)
    while let option = options.next(in: bytes) {
      if bytes.equalsIgnoringCase("close", in: option) { saysClose = true }
      if bytes.equalsIgnoringCase("keep-alive", in: option) { saysKeepAlive = true }
    }
  }

  /// The decimal number in the bytes; nil if there are none, one is no digit, or it has over 64
  /// bits.
  private static func decimal(_ bytes: Span<UInt8>, in range: Range<Int>) -> UInt64? {
    guard !range.isEmpty else { return nil }
    var value: UInt64 = 0
    for index in range {
      guard bytes[index].isDigit else { return nil }
      let product = value.multipliedReportingOverflow(by: 10)
      let sum = product.partialValue.addingReportingOverflow(UInt64(bytes[index] - ASCII.zero))
      guard !product.overflow, !sum.overflow else { return nil }
      value = sum.partialValue
    }
    return value
  }
}
