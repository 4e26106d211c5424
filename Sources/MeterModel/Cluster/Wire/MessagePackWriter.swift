// The MessagePack of before 2013, written as legacy nodes write it: every number, text and array in
// the shortest form that the old specification has.

extension ContiguousArray<UInt8> {
  /// Appends a number as 1, 2, 3, 5 or 9 bytes.
  mutating func append(packed number: UInt64) {
    switch number {
    case 0...0x7F: append(UInt8(number))
    case 0x80...0xFF: append(0xCC, bigEndian: number, count: 1)
    case 0x100...0xFFFF: append(0xCD, bigEndian: number, count: 2)
    case 0x1_0000...0xFFFF_FFFF: append(0xCE, bigEndian: number, count: 4)
    default: append(0xCF, bigEndian: number, count: 8)
    }
  }

  /// Appends the head of a text of `length` bytes. Precondition: the text is shorter than 4 GB.
  mutating func append(rawHead length: Int) {
    switch length {
    case 0...31: append(0xA0 | UInt8(length))
    case 32...0xFFFF: append(0xDA, bigEndian: UInt64(length), count: 2)
    default: append(0xDB, bigEndian: UInt64(length), count: 4)
    }
  }

  /// Appends a text.
  mutating func append(raw bytes: Span<UInt8>) {
    append(rawHead: bytes.count)
    append(bytes)
  }

  /// Appends the head of an array of `length` elements. Precondition: they are fewer than 2³².
  mutating func append(arrayHead length: Int) {
    switch length {
    case 0...15: append(0x90 | UInt8(length))
    case 16...0xFFFF: append(0xDC, bigEndian: UInt64(length), count: 2)
    default: append(0xDD, bigEndian: UInt64(length), count: 4)
    }
  }

  /// Appends the lowest `count` bytes of a number, with the most significant first.
  mutating func append(bigEndian number: UInt64, count: Int) {
    for place in stride(from: count - 1, through: 0, by: -1) {
      append(UInt8(truncatingIfNeeded: number >> UInt64(place * 8)))
    }
  }

  private mutating func append(_ head: UInt8, bigEndian number: UInt64, count: Int) {
    append(head)
    append(bigEndian: number, count: count)
  }
}

/// The number of bytes of an encoded value.
enum MessagePackSize {
  static func number(_ number: UInt64) -> Int {
    switch number {
    case 0...0x7F: 1
    case 0x80...0xFF: 2
    case 0x100...0xFFFF: 3
    case 0x1_0000...0xFFFF_FFFF: 5
    default: 9
    }
  }

  static func raw(_ length: Int) -> Int {
    switch length {
    case 0...31: 1 + length
    case 32...0xFFFF: 3 + length
    default: 5 + length
    }
  }

  static func arrayHead(_ length: Int) -> Int {
    switch length {
    case 0...15: 1
    case 16...0xFFFF: 3
    default: 5
    }
  }
}
