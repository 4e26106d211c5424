// Numbers as text, appended without an intermediate string.

extension ContiguousArray<UInt8> {
  /// Appends the decimal digits of a number. O(digits)
  package mutating func append(decimal number: UInt64) {
    var value = number
    if value < 10 {
      append(ASCII.zero + UInt8(value))
      return
    }
    append(contentsOf: repeatElement(ASCII.zero, count: Self.decimalDigits(of: number)))
    var index = count
    while value > 0 {
      let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
      index -= 1
      self[index] = ASCII.zero + UInt8(remainder)
      value = quotient
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
