// The clocks. Only the sequencer reads the time that the meter sees; a reactor reads the clock for its own
// time-outs and for the Date field.

import Glibc
import MeterModel

/// A monotonic clock that starts at 0, and the wall-clock time at which it did.
package struct Clock: Sendable {
  private let origin: UInt64

  /// UNIX time in nanoseconds at the start.
  package let wallStart: UInt64

  package init() {
    wallStart = Clock.read(CLOCK_REALTIME)
    origin = Clock.read(CLOCK_MONOTONIC)
  }

  /// The time since the start.
  package var now: Instant {
    Instant(nanoseconds: Clock.read(CLOCK_MONOTONIC) - origin)
  }

  /// CPU time that the calling thread has used, in nanoseconds.
  static var threadTime: UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

  /// UNIX time of an instant, in whole seconds rounded down.
  package func unixSeconds(_ instant: Instant) -> UInt64 {
    (wallStart + instant.nanoseconds) / 1_000_000_000
  }

  /// UNIX time now, in whole seconds; follows changes of the system's clock.
  static var wallSeconds: UInt64 { read(CLOCK_REALTIME) / 1_000_000_000 }

  /// UNIX time now, in milliseconds.
  static var wallMilliseconds: UInt64 { read(CLOCK_REALTIME) / 1_000_000 }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { fatalError("no clock") }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
