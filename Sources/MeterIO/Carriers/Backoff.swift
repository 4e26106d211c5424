// Delays before something that failed is tried again. They grow, so that a server that is down gets
// few requests, and are partly random, so that many nodes do not try at the same time.

import MeterModel

/// Growing delays with a random part.
struct Backoff: Sendable {
  /// The longest delay (§6).
  static let maximum = Duration.seconds(5)

  private static let minimum = Duration.milliseconds(100)
  private var bound = minimum

  /// A random delay between half of the bound and the bound. The bound then doubles, up to
  /// `maximum`.
  mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
    let half = bound.nanoseconds / 2
    let delay = Duration(nanoseconds: half + UInt64.random(in: 0...half, using: &random))
    bound = min(Duration(nanoseconds: bound.nanoseconds * 2), Self.maximum)
    return delay
  }

  /// Sets the bound back, after a success.
  mutating func reset() { bound = Self.minimum }
}
