// Decimal numbers appended to a buffer, without an intermediate string.

extension ContiguousArray<UInt8> {
  /// Appends the decimal digits of a number. O(digits)
  package mutating func append(decimal number: UInt64) {
    var digits = InlineArray<20, UInt8>(repeating: ASCII.zero)
    var first = digits.count
    var rest = number
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      first -= 1
      digits[first] = ASCII.zero + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    append(addingCapacity: digits.count - first) { output in
      for index in first..<digits.count { output.append(digits[index]) }
    }
  }

  /// Appends a number of nanoseconds as seconds, with as many decimals as needed: `4`, `0.25`.
  /// O(digits)
  package mutating func append(secondsOf nanoseconds: UInt64) {
    append(decimal: nanoseconds, over: 1_000_000_000)
  }

  /// Appends the quotient by `denominator`, a power of ten, without zeros at the end. O(digits)
  mutating func append(decimal number: UInt64, over denominator: UInt64) {
    let (whole, fraction) = number.quotientAndRemainder(dividingBy: denominator)
    append(decimal: whole)
    guard fraction > 0 else { return }
    append(ASCII.dot)
    var (rest, place) = (fraction, denominator / 10)
    while rest > 0 {
      let (digit, remainder) = rest.quotientAndRemainder(dividingBy: place)
      append(ASCII.zero + UInt8(truncatingIfNeeded: digit))
      rest = remainder
      place /= 10
    }
  }

  /// The number of decimal digits of a number, 1 to 20.
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
