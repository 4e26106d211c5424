// Follows a replay through the sections of a log, and notices where it enters and leaves a span.

/// The place of a replay relative to a span.
package struct SpanFollower: Sendable {
  /// The span.
  package let span: LogSpan

  /// The number of the section, from 1; 0 before the first one.
  package private(set) var section = 0

  /// UNIX time of the instant 0 of the section, in nanoseconds; nil if unknown.
  package private(set) var wallStart: UInt64?

  /// The number of sections of which a part was in the span.
  package private(set) var entered = 0

  /// The first section for which a time of the wall clock was needed and unknown; nil for none.
  package private(set) var sectionWithoutClock: Int?

  /// Whether the replay is in the span.
  var isWithin: Bool { place == .within }

  /// Whether a part of the section, in `part`, may be in the span.
  var mayEnter: Bool { place != .over }

  /// The part of the section that is in the span, until the next section begins.
  private(set) var part = Instant.start...Instant.start

  private var place = Place.over

  private enum Place {
    /// The part of the section begins later. Can become `within` or `over`.
    case before
    /// In the span. Can become `over`.
    case within
    /// No part of the section is in the span, or it has passed. Can become `before` in the next
    /// section.
    case over
  }

  /// A follower of a replay that has not begun.
  package init(_ span: LogSpan) {
    self.span = span
  }

  /// Begins a section.
  mutating func begin(_ section: LogSection) {
    self.section += 1
    wallStart = section.wallStart
    place = .over
    if span.needsWallClock, wallStart == nil {
      sectionWithoutClock = sectionWithoutClock ?? self.section
    } else if let part = span.part(ofSection: self.section, wallStart: wallStart) {
      self.part = part
      place = .before
    }
  }

  /// Notes that the replay continues from a snapshot at `now`. A part of the section that ended
  /// before it was not replayed.
  mutating func skip(to now: Instant) {
    if place == .before, part.upperBound < now { place = .over }
  }

  /// Whether the replay, which goes on to `now`, enters the span on the way or there. It was not in
  /// it before and is in it afterwards.
  mutating func enters(by now: Instant) -> Bool {
    guard place == .before, part.lowerBound <= now else { return false }
    place = .within
    entered += 1
    return true
  }

  /// Whether the replay, which goes on to `now`, leaves the span on the way. It was in it before
  /// and is not in it afterwards.
  mutating func leaves(by now: Instant) -> Bool {
    guard place == .within, part.upperBound < now else { return false }
    place = .over
    return true
  }

  /// Ends the section. Returns whether the replay was in the span.
  mutating func endSection() -> Bool {
    defer { place = .over }
    return place == .within
  }
}
