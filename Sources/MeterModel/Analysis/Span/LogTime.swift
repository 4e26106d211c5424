// The times that a user gives to look into a log.

/// A time in a log. Written `4.5` for second 4.5, `2:4.5` for that of section 2, or
/// `2026-06-01T18:00:00Z`.
package enum LogTime: Equatable, Sendable {
  /// An instant of the section with a number from 1 on, or of each section where that is nil.
  case instant(Instant, section: Int?)

  /// A time of the wall clock.
  case wall(UTCTime)

  /// Reads a time; nil if the text is malformed. Sections have at most six digits.
  package init?(_ text: Span<UInt8>) {
    if let time = UTCTime(text) {
      self = .wall(time)
      return
    }
    var section: Int?
    var start = 0
    if let colon = text.firstIndex(of: ASCII.colon, in: 0..<text.count) {
      guard let number = UInt64(digits: text.extracting(0..<colon)),
        (1...999_999).contains(number)
      else { return nil }
      section = Int(number)
      start = colon + 1
    }
    guard let instant = Instant(decimal: text.extracting(start..<text.count)) else { return nil }
    self = .instant(instant, section: section)
  }

  /// Reads a time given as text, as `init(_:)` does for bytes.
  package init?(_ text: String) {
    self.init(Array(text.utf8).span)
  }

  /// The time in the form that `init(_:)` reads.
  package var text: String {
    switch self {
    case .instant(let instant, let section):
      (section.map { "\($0):" } ?? "") + instant.decimalSeconds
    case .wall(let time): time.text
    }
  }
}
