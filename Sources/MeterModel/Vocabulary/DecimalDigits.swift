// Numbers as text, appended without an intermediate string.

extension ContiguousArray<UInt8> {
  /// Appends the decimal digits of a number. O(digits)
  package mutating func append(decimal number: UInt64) {
    var power: UInt64 = 1
    while number / power >= 10 { power *= 10 }
    while power > 0 {
      append(ASCII.zero + UInt8(number / power % 10))
      power /= 10
    }
  }

  /// Appends borrowed bytes. O(n)
  package mutating func append(_ bytes: Span<UInt8>) {
    reserveCapacity(count + bytes.count)
    for index in bytes.indices { append(bytes[index]) }
  }

  /// How many decimal digits a number has, 1 to 20.
  package static func decimalDigits(of number: UInt64) -> Int {
    var digits = 1
    var bound: UInt64 = 10
    while digits < 20, number >= bound {
      digits += 1
      bound = bound.multipliedReportingOverflow(by: 10).partialValue
    }
    return digits
  }
}
