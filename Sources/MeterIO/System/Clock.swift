// The clocks. The node's thread reads the instants that the meter gets; a reactor reads the clock
// for its timeouts and for the Date field only.

import Glibc
import MeterModel

/// A monotonic clock that starts at 0, with the wall-clock time of its start.
package struct Clock: Sendable {
  private let origin: UInt64

  /// UNIX time in nanoseconds at the start.
  package let wallStart: UInt64

  /// A clock that starts now.
  package init() {
    wallStart = Clock.read(CLOCK_REALTIME)
    origin = Clock.read(CLOCK_MONOTONIC)
  }

  /// The time since the start.
  package var now: Instant {
    Instant(nanoseconds: Clock.read(CLOCK_MONOTONIC) - origin)
  }

  /// The CPU time of the calling thread, in nanoseconds.
  static var threadTime: UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

  /// The UNIX time of an instant, in seconds, rounded down.
  package func unixSeconds(_ instant: Instant) -> UInt64 {
    (wallStart + instant.nanoseconds) / 1_000_000_000
  }

  /// The UNIX time now, in seconds, rounded down; it follows changes of the system's clock.
  static var wallSeconds: UInt64 { read(CLOCK_REALTIME) / 1_000_000_000 }

  /// The UNIX time now, in milliseconds; it follows changes of the system's clock.
  static var wallMilliseconds: UInt64 { read(CLOCK_REALTIME) / 1_000_000 }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { fatalError("no clock") }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
