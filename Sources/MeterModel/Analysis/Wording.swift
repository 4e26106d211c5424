// Numbers, durations and texts for people.

extension UInt64 {
  /// The number with commas between thousands: 1,234,567.
  package var grouped: String {
    self < 1000 ? "\(self)" : (self / 1000).grouped + "," + "\(1000 + self % 1000)".dropFirst()
  }
}

extension Duration {
  /// The duration for people, with an error of at most a hundredth: `12.5 s`, `90 min 5 s`,
  /// `3 d 4 h`.
  package var inWords: String {
    let seconds = nanoseconds / 1_000_000_000
    switch seconds {
    case 0..<100:
      return Duration(nanoseconds: nanoseconds / 1_000_000 * 1_000_000).decimalSeconds + " s"
    case ..<6000: return Self.pair(seconds, 60, "min", "s")
    case ..<360_000: return Self.pair(seconds / 60, 60, "h", "min")
    default: return Self.pair(seconds / 3600, 24, "d", "h")
    }
  }

  private static func pair(
    _ number: UInt64, _ size: UInt64, _ large: String, _ small: String
  ) -> String {
    let rest = number % size
    return "\(number / size) \(large)" + (rest == 0 ? "" : " \(rest) \(small)")
  }
}

extension String {
  /// The text, or its beginning and an ellipsis, with at most `length` characters.
  package func shortened(to length: Int) -> String {
    count <= length ? self : prefix(length - 1) + "…"
  }
}
