// Hosts and authorities (RFC 3986 §3.2): the values of `Host`, absolute targets, `CONNECT` and
// Redis URLs.

/// The syntax checks of authorities.
enum Authority {
  /// Whether the bytes are a value of `Host`: a host that is not empty, with or without a port.
  static func isHostField(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard let end = endOfHost(bytes, in: range) else { return false }
    if end == range.upperBound { return true }
    return bytes[end] == ASCII.colon && areDigits(bytes, in: end + 1..<range.upperBound)
  }

  /// The host of a host field. Precondition: the field is valid.
  static func host(of bytes: Span<UInt8>, in field: Range<Int>) -> Range<Int> {
    guard let end = endOfHost(bytes, in: field) else { fatalError("an invalid host field") }
    return field.lowerBound..<end
  }

  /// The port of a host field, `standard` if it is missing or empty; nil if it has over 64 bits.
  /// Precondition: the field is valid.
  static func port(
    of bytes: Span<UInt8>, in field: Range<Int>, default standard: UInt64
  ) -> UInt64? {
    let colon = host(of: bytes, in: field).upperBound
    guard colon + 1 < field.upperBound else { return standard }
    return UInt64(digits: bytes.extracting(colon + 1..<field.upperBound))
  }

  /// Whether a host is an IPv4 address, or an IPv6 address in brackets.
  static func isAddress(_ bytes: Span<UInt8>, in host: Range<Int>) -> Bool {
    guard let first = host.first, bytes[first] == ASCII.openBracket else {
      return isIPv4(bytes, in: host)
    }
    return isIPv6(bytes, in: host.dropFirst().dropLast())
  }

  /// Whether the bytes are `host:port`, the target of `CONNECT` (RFC 9112 §3.2.3).
  static func isHostAndPort(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard let end = endOfHost(bytes, in: range), end + 1 < range.upperBound else { return false }
    return bytes[end] == ASCII.colon && areDigits(bytes, in: end + 1..<range.upperBound)
  }

  /// Whether the bytes are the authority of an absolute target: a host field, with or without
  /// `user@`.
  static func isAuthority(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard let at = bytes.firstIndex(of: ASCII.at, in: range) else {
      return isHostField(bytes, in: range)
    }
    var index = range.lowerBound
    while index < at {
      if bytes[index] == ASCII.colon {
        index += 1
      } else if let next = afterNameCharacter(bytes, at: index, before: at) {
        index = next
      } else {
        return false
      }
    }
    return isHostField(bytes, in: at + 1..<range.upperBound)
  }

  /// The end of the host at the start of the range; nil if the host is malformed or empty (an http
  /// URI has a host, RFC 9110 §4.2.1).
  private static func endOfHost(_ bytes: Span<UInt8>, in range: Range<Int>) -> Int? {
    guard !range.isEmpty else { return nil }
    var index = range.lowerBound
    if bytes[index] == ASCII.openBracket {
      guard let close = bytes.firstIndex(of: ASCII.closeBracket, in: range) else { return nil }
      return isAddressLiteral(bytes, in: index + 1..<close) ? close + 1 : nil
    }
    while index < range.upperBound, bytes[index] != ASCII.colon {
      guard let next = afterNameCharacter(bytes, at: index, before: range.upperBound) else {
        return nil
      }
      index = next
    }
    return index > range.lowerBound ? index : nil
  }

  /// The end of the character of a registered name, or of the percent-encoded byte, at `index`; nil
  /// for anything else.
  private static func afterNameCharacter(
    _ bytes: Span<UInt8>, at index: Int, before end: Int
  ) -> Int? {
    if bytes[index].isNameCharacter { return index + 1 }
    guard bytes[index] == ASCII.percent, index + 2 < end,
      bytes[index + 1].hexadecimalValue != nil, bytes[index + 2].hexadecimalValue != nil
    else { return nil }
    return index + 3
  }

  /// Whether the bytes between brackets are an IPv6 address or an address of a future version.
  private static func isAddressLiteral(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard let first = range.first else { return false }
    return bytes[first].lowercased == UInt8(ascii: "v")
      ? isFutureAddress(bytes, in: first + 1..<range.upperBound) : isIPv6(bytes, in: range)
  }

  /// Whether the bytes after the v are `1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`.
  private static func isFutureAddress(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard let dot = bytes.firstIndex(of: ASCII.dot, in: range),
      dot > range.lowerBound, dot + 1 < range.upperBound
    else { return false }
    for index in range.lowerBound..<dot where bytes[index].hexadecimalValue == nil { return false }
    for index in dot + 1..<range.upperBound
    where !bytes[index].isNameCharacter && bytes[index] != ASCII.colon { return false }
    return true
  }

  private static func areDigits(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    for index in range where !bytes[index].isDigit { return false }
    return true
  }
}

// MARK: - IP addresses

extension Authority {
  /// Whether the bytes are eight groups of 16 bits. One run of groups may be `::`, and the last two
  /// may be an IPv4 address.
  private static func isIPv6(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    var groups = 0
    var isCompressed = false
    var index = range.lowerBound
    if isColons(bytes, at: index, before: range.upperBound) {
      isCompressed = true
      index += 2
    }
    while index < range.upperBound {
      var end = index
      while end < range.upperBound, bytes[end].hexadecimalValue != nil { end += 1 }
      if end < range.upperBound, bytes[end] == ASCII.dot {
        guard isIPv4(bytes, in: index..<range.upperBound) else { return false }
        groups += 2
        break
      }
      guard end > index, end - index <= 4 else { return false }
      groups += 1
      if end == range.upperBound { break }
      if isColons(bytes, at: end, before: range.upperBound) {
        guard !isCompressed else { return false }
        isCompressed = true
        index = end + 2
      } else {
        guard bytes[end] == ASCII.colon, end + 1 < range.upperBound else { return false }
        index = end + 1
      }
    }
    return isCompressed ? groups <= 7 : groups == 8
  }

  private static func isColons(_ bytes: Span<UInt8>, at index: Int, before end: Int) -> Bool {
    index + 1 < end && bytes[index] == ASCII.colon && bytes[index + 1] == ASCII.colon
  }

  /// Whether the bytes are four numbers of 0 to 255 without leading zeros.
  private static func isIPv4(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    var numbers = 0
    var digits = 0
    var value = 0
    for index in range {
      let byte = bytes[index]
      if byte == ASCII.dot {
        guard digits > 0 else { return false }
        numbers += 1
        digits = 0
        value = 0
        continue
      }
      guard byte.isDigit, digits < 3, digits == 0 || value > 0 else { return false }
      value = value * 10 + Int(byte - ASCII.zero)
      digits += 1
      guard value <= 255 else { return false }
    }
    return numbers == 3 && digits > 0
  }
}
