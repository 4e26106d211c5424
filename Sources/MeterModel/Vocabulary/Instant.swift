// Time as the meter knows it: nanoseconds on one monotonic clock that starts with the log. Nothing in
// the model reads a clock; every instant arrives with an event or is computed from one.

/// A point in time, in nanoseconds since the start of the log (0 to `Instant.latest`).
package struct Instant: Equatable, Comparable, Sendable {
  package let nanoseconds: UInt64

  /// The start of the log.
  package static let start = Instant(nanoseconds: 0)

  /// The last instant that a log may carry: 2⁶² ns, some 146 years. With `Duration.maximum` at half of
  /// that, no deadline can overflow.
  package static let latest = Instant(nanoseconds: 1 << 62)

  /// Later than every instant that a log may carry, also after any configurable delay.
  package static let never = Instant(nanoseconds: 1 << 63)

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds + duration.nanoseconds)
  }

  /// How long `later` is after `earlier`. Precondition: it is not before it.
  package static func - (later: Instant, earlier: Instant) -> Duration {
    Duration(nanoseconds: later.nanoseconds - earlier.nanoseconds)
  }
}

/// A length of time, in nanoseconds (0 to `Duration.maximum` where it configures something).
package struct Duration: Equatable, Comparable, Sendable {
  package let nanoseconds: UInt64

  package static let zero = Duration(nanoseconds: 0)

  /// The longest delay that may be configured: 2⁶¹ ns, some 73 years.
  package static let maximum = Duration(nanoseconds: 1 << 61)

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// Whole seconds. Precondition: at most `Duration.maximum`.
  package static func seconds(_ seconds: UInt64) -> Duration {
    Duration(nanoseconds: seconds * 1_000_000_000)
  }

  package static func milliseconds(_ milliseconds: UInt64) -> Duration {
    Duration(nanoseconds: milliseconds * 1_000_000)
  }

  package static func < (left: Duration, right: Duration) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The sum, at most 2⁶² ns: twice `maximum`, so that an instant plus a sum cannot overflow.
  package static func + (left: Duration, right: Duration) -> Duration {
    Duration(nanoseconds: min(left.nanoseconds + right.nanoseconds, 1 << 62))
  }
}
