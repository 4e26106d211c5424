// The fields of a request that are used. Of all other fields only the syntax is checked.

/// A field whose value is used.
enum RequestField: UInt8 {
  case other
  case host, contentLength, transferEncoding, connection, expect
  case accept, userAgent, lastEventID, purpose, ifNoneMatch
  case origin, credentials, fetchSite, requestMethod, requestHeaders

  /// The field with the name in `range`, in upper or lower case; nil for any other.
  init(_ bytes: Span<UInt8>, in range: Range<Int>) {
    switch range.count {
    case 4 where bytes.equalsIgnoringCase("host", in: range):
      self = .host
    case 6 where bytes.equalsIgnoringCase("accept", in: range):
      self = .accept
    case 6 where bytes.equalsIgnoringCase("expect", in: range):
      self = .expect
    case 6 where bytes.equalsIgnoringCase("origin", in: range):
      self = .origin
    case 6 where bytes.equalsIgnoringCase("cookie", in: range):
      self = .credentials
    case 7 where bytes.equalsIgnoringCase("purpose", in: range):
      self = .purpose
    case 10 where bytes.equalsIgnoringCase("connection", in: range):
      self = .connection
    case 10 where bytes.equalsIgnoringCase("user-agent", in: range):
      self = .userAgent
    case 11 where bytes.equalsIgnoringCase("sec-purpose", in: range):
      self = .purpose
    case 13 where bytes.equalsIgnoringCase("last-event-id", in: range):
      self = .lastEventID
    case 13 where bytes.equalsIgnoringCase("authorization", in: range):
      self = .credentials
    case 13 where bytes.equalsIgnoringCase("if-none-match", in: range):
      self = .ifNoneMatch
    case 14 where bytes.equalsIgnoringCase("content-length", in: range):
      self = .contentLength
    case 14 where bytes.equalsIgnoringCase("sec-fetch-site", in: range):
      self = .fetchSite
    case 17 where bytes.equalsIgnoringCase("transfer-encoding", in: range):
      self = .transferEncoding
    case 29 where bytes.equalsIgnoringCase("access-control-request-method", in: range):
      self = .requestMethod
    case 30 where bytes.equalsIgnoringCase("access-control-request-headers", in: range):
      self = .requestHeaders
    default: self = .other
    }
  }
}

extension RequestHead {
  /// Takes the value of a field that does not concern the framing.
  mutating func take(_ field: RequestField, _ value: Range<Int>, of bytes: Span<UInt8>) {
    switch field {
    case .host: host = ByteRange(value)
    case .accept:
      if bytes.accepts("text/event-stream", in: value) { acceptsEventStream = true }
      if bytes.accepts("application/json", in: value) { acceptsJSON = true }
    case .userAgent:
      if bytes.contains("MSIE", in: value) { isOldInternetExplorer = true }
    case .lastEventID: lastEventID = ByteRange(value)
    case .purpose: if bytes.namesPrefetch(in: value) { isPrefetch = true }
    case .ifNoneMatch: ifNoneMatch = ByteRange(value)
    case .origin: origin = ByteRange(value)
    case .credentials: hasCredentials = true
    case .requestMethod: isPreflight = true
    case .requestHeaders: requestedHeaders = ByteRange(value)
    case .fetchSite:
      isOfOtherPage = !bytes.equals("same-origin", in: value) && !bytes.equals("none", in: value)
    case .contentLength, .transferEncoding, .connection, .expect, .other: break
    }
  }
}

extension Span<UInt8> {
  /// Whether the list of media ranges in `range` has `type` with a quality other than 0, which
  /// would refuse it (RFC 9110 §12.4.2). O(n × m)
  fileprivate func accepts(_ type: String, in range: Range<Int>) -> Bool {
    var elements = ListElements(range)
    while let element = elements.next(in: self) {
      if containsIgnoringCase(type, in: element), !hasNoQuality(in: element) { return true }
    }
    return false
  }

  /// Whether the list in `range` has the element `prefetch`, with any parameters: browsers send
  /// `prefetch;prerender` for the requests of a page that is rendered before it is shown. O(n)
  fileprivate func namesPrefetch(in range: Range<Int>) -> Bool {
    var elements = ListElements(range)
    while let element = elements.next(in: self) {
      let end = firstIndex(of: ASCII.semicolon, in: element) ?? element.upperBound
      let name = trimmingTrailingBlanks(element.lowerBound..<end)
      if equalsIgnoringCase("prefetch", in: name) { return true }
    }
    return false
  }

  /// Whether one of the parameters in `range` is `q=0`, also with zeros after a point.
  private func hasNoQuality(in range: Range<Int>) -> Bool {
    var start = range.lowerBound
    while let semicolon = firstIndex(of: UInt8(ascii: ";"), in: start..<range.upperBound) {
      start = semicolon + 1
      while start < range.upperBound, self[start].isBlank { start += 1 }
      let end = firstIndex(of: UInt8(ascii: ";"), in: start..<range.upperBound) ?? range.upperBound
      guard end - start >= 3, hasPrefixIgnoringCase("q=0", at: start) else { continue }
      let hasDigit = (start + 3..<end).contains { (0x31...0x39).contains(self[$0]) }
      if !hasDigit { return true }
    }
    return false
  }
}

extension RequestMethod {
  /// The length of the longest registered method, `UPDATEREDIRECTREF`.
  static let maximumName = 17

  /// The method with the name in `range`; nil for a name that IANA's registry does not have.
  init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
    switch range.count {
    case 3 where bytes.equals("GET", in: range): self = .get
    case 4 where bytes.equals("POST", in: range): self = .post
    case 4 where bytes.equals("HEAD", in: range): self = .head
    case 7 where bytes.equals("OPTIONS", in: range): self = .options
    case 3 where bytes.equals("PUT", in: range): self = .put
    case 6 where bytes.equals("DELETE", in: range): self = .delete
    case 7 where bytes.equals("CONNECT", in: range): self = .connect
    case 5 where bytes.equals("TRACE", in: range): self = .trace
    case 5 where bytes.equals("PATCH", in: range): self = .patch
    default:
      guard Self.isRegistered(bytes, in: range) else { return nil }
      self = .other
    }
  }

  private static func isRegistered(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    let others: String =
      switch range.count {
      case 3: "ACL PRI"
      case 4: "BIND COPY LINK LOCK MOVE"
      case 5: "LABEL MERGE MKCOL QUERY"
      case 6: "REBIND REPORT SEARCH UNBIND UNLINK UNLOCK UPDATE"
      case 7: "CHECKIN"
      case 8: "CHECKOUT PROPFIND"
      case 9: "PROPPATCH"
      case 10: "MKACTIVITY MKCALENDAR ORDERPATCH UNCHECKOUT"
      case 11: "MKWORKSPACE"
      case 13: "MKREDIRECTREF"
      case 15: "VERSION-CONTROL"
      case 16: "BASELINE-CONTROL"
      case 17: "UPDATEREDIRECTREF"
      default: ""
      }
    // All names of this length, with a blank after each: a name starts at a multiple of length + 1.
    var matched = 0
    var column = 0
    for byte in others.utf8 {
      if column == range.count {
        column = 0
        matched = 0
        continue
      }
      if bytes[range.lowerBound + column] == byte { matched += 1 }
      column += 1
      if matched == range.count { return true }
    }
    return false
  }
}
