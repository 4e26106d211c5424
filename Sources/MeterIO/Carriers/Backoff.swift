// How long to wait before something that failed is tried again: longer each time, so that what is gone is
// not hammered, and each time a random part of it, so that many nodes do not come at once.

import MeterModel

/// Growing, jittered delays.
struct Backoff: Sendable {
  /// No delay is longer: 5 s, as the specification says.
  static let longest = Duration.seconds(5)

  private static let shortest = Duration.milliseconds(100)
  private var bound = shortest

  /// The next delay: between half of the bound and all of it, and the bound doubles.
  mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
    let half = bound.nanoseconds / 2
    let delay = Duration(nanoseconds: half + UInt64.random(in: 0...half, using: &random))
    bound = min(Duration(nanoseconds: bound.nanoseconds * 2), Self.longest)
    return delay
  }

  /// It worked: the next failure is the first again.
  mutating func reset() { bound = Self.shortest }
}
