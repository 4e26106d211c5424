// Time in the model: nanoseconds on one monotonic clock that starts with the log. The model reads
// no clock; every instant comes with an event or is computed from one.

/// A point in time, in nanoseconds since the start of the log (0 to `Instant.latest`).
package struct Instant: Equatable, Comparable, Sendable {
  package let nanoseconds: UInt64

  /// The start of the log.
  package static let start = Instant(nanoseconds: 0)

  /// The last instant that a log may contain: 2⁶² ns, about 146 years. `Duration.maximum` is half
  /// of that, so no deadline can overflow.
  package static let latest = Instant(nanoseconds: 1 << 62)

  /// An instant after all instants of a log, and after every sum of such an instant and a
  /// configured delay.
  package static let never = Instant(nanoseconds: 1 << 63)

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The instant that is a duration earlier; the start if there is none so early.
  func before(_ duration: Duration) -> Instant {
    Instant(nanoseconds: nanoseconds - min(nanoseconds, duration.nanoseconds))
  }

  /// The instant a duration later.
  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds + duration.nanoseconds)
  }

  /// The time from `earlier` to `later`. Precondition: `later` is not before `earlier`.
  package static func - (later: Instant, earlier: Instant) -> Duration {
    Duration(nanoseconds: later.nanoseconds - earlier.nanoseconds)
  }
}

/// A length of time, in nanoseconds (at most `Duration.maximum` in a configuration).
package struct Duration: Equatable, Comparable, Sendable {
  package let nanoseconds: UInt64

  /// No time.
  package static let zero = Duration(nanoseconds: 0)

  /// The maximum of a configured delay: 2⁶¹ ns, about 73 years.
  package static let maximum = Duration(nanoseconds: 1 << 61)

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// A whole number of seconds. Precondition: at most `Duration.maximum`.
  package static func seconds(_ seconds: UInt64) -> Duration {
    Duration(nanoseconds: seconds * 1_000_000_000)
  }

  /// A whole number of milliseconds.
  package static func milliseconds(_ milliseconds: UInt64) -> Duration {
    Duration(nanoseconds: milliseconds * 1_000_000)
  }

  package static func < (left: Duration, right: Duration) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The sum, at most 2⁶² ns, which is twice `maximum`: an instant plus a sum cannot overflow.
  package static func + (left: Duration, right: Duration) -> Duration {
    Duration(nanoseconds: min(left.nanoseconds + right.nanoseconds, 1 << 62))
  }
}
