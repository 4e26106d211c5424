// The four forms of a request's target (RFC 9112 §3.2), and the path in each.

extension RequestHead {
  /// Finds the form and the path of the target. Returns false for a target that the method cannot
  /// have. Precondition: the target has at least one byte, all visible ASCII, and no `#`.
  mutating func resolveTarget(in bytes: Span<UInt8>) -> Bool {
    let bounds = target.bounds
    let first = bytes[bounds.lowerBound]
    if method == .connect {
      form = .authority
      return Authority.isHostAndPort(bytes, in: bounds)
    }
    if first == ASCII.slash {
      form = .origin
      path = pathWithoutQuery(bytes, from: bounds.lowerBound)
      return true
    }
    if first == ASCII.asterisk, bounds.count == 1 {
      form = .asterisk
      return method == .options
    }
    return resolveAbsolute(bytes, in: bounds)
  }

  /// `scheme "://" authority path [ "?" query ]`
  private mutating func resolveAbsolute(_ bytes: Span<UInt8>, in bounds: Range<Int>) -> Bool {
    guard bytes[bounds.lowerBound].isLetter else { return false }
    var index = bounds.lowerBound
    while index < bounds.upperBound, bytes[index].isSchemeCharacter { index += 1 }
    guard index + 3 <= bounds.upperBound, bytes.equals("://", in: index..<index + 3) else {
      return false
    }
    let start = index + 3
    var end = start
    while end < bounds.upperBound, bytes[end] != ASCII.slash, bytes[end] != ASCII.question {
      end += 1
    }
    guard Authority.isAuthority(bytes, in: start..<end) else { return false }
    form = .absolute
    path = pathWithoutQuery(bytes, from: end)
    return true
  }

  private func pathWithoutQuery(_ bytes: Span<UInt8>, from start: Int) -> ByteRange {
    let end = target.bounds.upperBound
    return ByteRange(start..<(bytes.firstIndex(of: ASCII.question, in: start..<end) ?? end))
  }
}

extension UInt8 {
  fileprivate var isSchemeCharacter: Bool {
    isLetter || isDigit || self == ASCII.dot
      || self == UInt8(ascii: "+") || self == UInt8(ascii: "-")
  }
}
