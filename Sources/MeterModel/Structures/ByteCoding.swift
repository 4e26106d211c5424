// The primitives of the binary log: numbers of seven bits a byte (LEB128) and numbers of eight
// bytes, both with the least significant part first.

/// The error of malformed bytes. The reason is a clause.
struct Malformed: Error {
  let reason: StaticString

  init(_ reason: StaticString) {
    self.reason = reason
  }
}

/// A position in borrowed bytes. Reading moves it forward, at most to their end.
struct ByteCursor {
  var position = 0

  /// Reads the next byte.
  @inline(__always)
  mutating func byte(_ bytes: Span<UInt8>) throws(Malformed) -> UInt8 {
    guard position < bytes.count else { throw Malformed("the bytes end in the middle") }
    defer { position &+= 1 }
    return bytes[position]
  }

  /// Reads the next number of seven bits a byte: 1 to 10 bytes.
  @inline(__always)
  mutating func number(_ bytes: Span<UInt8>) throws(Malformed) -> UInt64 {
    let first = try byte(bytes)
    return first < 0x80 ? UInt64(first) : try rest(of: UInt64(first & 0x7F), bytes)
  }

  private mutating func rest(
    of first: UInt64, _ bytes: Span<UInt8>
  ) throws(Malformed) -> UInt64 {
    var value = first
    var shift: UInt64 = 7
    while true {
      let byte = try byte(bytes)
      guard shift < 63 || byte <= 1 else { throw Malformed("a number has more than 64 bits") }
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// Reads the next number, which must fit into 32 bits.
  @inline(__always)
  mutating func number32(_ bytes: Span<UInt8>) throws(Malformed) -> UInt32 {
    guard let number = UInt32(exactly: try number(bytes)) else {
      throw Malformed("a number has more than 32 bits")
    }
    return number
  }

  /// Reads the next eight bytes as a number.
  mutating func word(_ bytes: Span<UInt8>) throws(Malformed) -> UInt64 {
    guard bytes.count - position >= 8 else { throw Malformed("the bytes end in the middle") }
    defer { position += 8 }
    return bytes.word(at: position)
  }

  /// Reads a number and returns the range of that many bytes after it.
  mutating func counted(_ bytes: Span<UInt8>) throws(Malformed) -> Range<Int> {
    let count = try number(bytes)
    guard count <= UInt64(bytes.count - position) else {
      throw Malformed("the bytes end in the middle")
    }
    defer { position += Int(count) }
    return position..<position + Int(count)
  }
}

extension Span where Element == UInt8 {
  /// Eight bytes as a number. Precondition: they are within the span.
  @inline(__always)
  func word(at start: Int) -> UInt64 {
    let eight = extracting(start..<start &+ 8)
    var word: UInt64 = 0
    for place in 0..<8 { word |= UInt64(eight[place]) &<< UInt64(place &* 8) }
    return word
  }
}

extension ContiguousArray<UInt8> {
  /// Appends a number with seven bits a byte.
  @inline(__always)
  mutating func append(number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a number as eight bytes.
  mutating func append(word: UInt64) {
    for place in 0..<8 { append(UInt8(truncatingIfNeeded: word &>> UInt64(place &* 8))) }
  }

  /// Appends the number of bytes, then the bytes.
  mutating func append(counted bytes: Span<UInt8>) {
    append(number: UInt64(bytes.count))
    append(bytes)
  }

  /// Overwrites eight bytes with a number. Precondition: they exist.
  mutating func replace(at start: Int, withWord word: UInt64) {
    for place in 0..<8 {
      self[start + place] = UInt8(truncatingIfNeeded: word &>> UInt64(place &* 8))
    }
  }
}
