// The part of a log that is looked into.

/// The time from one bound to another, both included. Seconds without a section are those of each
/// section.
package struct LogSpan: Equatable, Sendable {
  /// The beginning; nil for that of the log.
  package var from: LogTime?

  /// The end; nil for that of the log.
  package var to: LogTime?

  /// A span between two bounds; nil for the whole log.
  package init(from: LogTime? = nil, to: LogTime? = nil) {
    self.from = from
    self.to = to
  }

  /// Whether the span has no bound.
  package var isWhole: Bool { from == nil && to == nil }

  /// Whether the end is before the beginning, whatever the log is.
  package var isReversed: Bool {
    switch (from, to) {
    case (.instant(let from, let first)?, .instant(let to, let last)?):
      if let first, let last, first != last { return last < first }
      return first == last && to < from
    case (.wall(let from)?, .wall(let to)?): return to < from
    case (.instant?, .wall?), (.wall?, .instant?), (nil, _), (_, nil): return false
    }
  }

  /// Whether a bound is a time of the wall clock.
  var needsWallClock: Bool {
    [from, to].contains { bound in
      if case .wall? = bound { true } else { false }
    }
  }

  /// The part of a section that is in the span; nil if none is. Precondition: the section has the
  /// time of its start, in UNIX nanoseconds, if `needsWallClock`.
  func part(ofSection number: Int, wallStart: UInt64?) -> ClosedRange<Instant>? {
    guard let first = lowerBound(number, wallStart), let last = upperBound(number, wallStart),
      first <= last
    else { return nil }
    return first...last
  }

  /// The first instant of a section that may be in the span; nil if the span begins later.
  private func lowerBound(_ number: Int, _ wallStart: UInt64?) -> Instant? {
    switch from {
    case nil: return .start
    case .instant(let instant, let section)?:
      guard let section, section != number else { return instant }
      return section < number ? .start : nil
    case .wall(let time)?:
      let start = wallStart ?? 0
      guard time.unixNanoseconds > start else { return .start }
      let instant = Instant(nanoseconds: time.unixNanoseconds - start)
      return instant <= .latest ? instant : nil
    }
  }

  /// The last instant of a section that may be in the span; nil if the span ends earlier.
  private func upperBound(_ number: Int, _ wallStart: UInt64?) -> Instant? {
    switch to {
    case nil: return .latest
    case .instant(let instant, let section)?:
      guard let section, section != number else { return instant }
      return section > number ? .latest : nil
    case .wall(let time)?:
      let start = wallStart ?? 0
      guard time.unixNanoseconds >= start else { return nil }
      return min(Instant(nanoseconds: time.unixNanoseconds - start), .latest)
    }
  }
}
