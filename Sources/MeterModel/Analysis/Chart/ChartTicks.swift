// The ticks of the axes of a picture and their labels: round numbers of members, and of seconds,
// minutes, hours or days.

/// The ticks of an axis of counts, from 0 to a round number.
package struct CountTicks: Equatable, Sendable {
  /// The distance between two ticks: 1, 2 or 5 times a power of ten.
  package let step: UInt64

  /// The last tick, at least the largest count.
  package let top: UInt64

  /// At most five steps up to the largest count. Precondition: `maximum` is at most 2⁶³ − 1.
  package init(upTo maximum: UInt64) {
    let minimumStep = max(1, (maximum + 4) / 5)
    var (power, step) = (UInt64(1), UInt64(0))
    while step == 0 {
      step = [power, 2 * power, 5 * power].first { $0 >= minimumStep } ?? 0
      if step == 0 { power *= 10 }
    }
    self.step = step
    top = step * max(1, (maximum + step - 1) / step)
  }

  /// The ticks.
  package var values: [UInt64] {
    (0...top / step).map { $0 * step }
  }

  /// The label of a tick: 1,500 or 20M.
  package func label(_ value: UInt64) -> String {
    let units: [(UInt64, String)] = [
      (1_000_000_000_000_000_000, "E"), (1_000_000_000_000_000, "P"), (1_000_000_000_000, "T"),
      (1_000_000_000, "G"), (1_000_000, "M"),
    ]
    guard value > 0, let unit = units.first(where: { step >= $0.0 }) else { return value.grouped }
    return (value / unit.0).grouped + unit.1
  }
}

/// The ticks of an axis of time that begins at 0.
package struct TimeTicks: Equatable, Sendable {
  /// The distance between two ticks, in nanoseconds.
  package let step: UInt64

  /// The time of the whole axis, in nanoseconds.
  package let length: UInt64

  private static let second: UInt64 = 1_000_000_000
  private static let minute = 60 * second
  private static let hour = 60 * minute
  private static let day = 24 * hour

  /// At most ten steps within `length`.
  package init(length: UInt64) {
    self.length = length
    let minimumStep = max(1, length / 10)
    let rounds =
      [1, 2, 5, 10, 15, 30].map { $0 * Self.second }
      + [1, 2, 5, 10, 15, 30].map { $0 * Self.minute } + [1, 2, 3, 6, 12].map { $0 * Self.hour }
    if minimumStep <= Self.second / 2 {
      step = Self.decimal(atLeast: minimumStep, of: 1)
    } else {
      step =
        rounds.first { $0 >= minimumStep } ?? Self.decimal(atLeast: minimumStep, of: Self.day)
    }
  }

  /// 1, 2 or 5 times a power of ten of a unit.
  private static func decimal(atLeast minimum: UInt64, of unit: UInt64) -> UInt64 {
    var power = unit
    while 5 * power < minimum { power *= 10 }
    return power >= minimum ? power : 2 * power >= minimum ? 2 * power : 5 * power
  }

  /// The ticks.
  package var values: [UInt64] {
    (0...length / step).map { $0 * step }
  }

  /// The label of a tick: `0.5 s`, `90 s`, `5 min`, `1:30 h`, `48 h`, `3 d`.
  package func label(_ time: UInt64) -> String {
    if time == 0 { return "0" }
    if step < Self.minute { return Duration(nanoseconds: time).decimalSeconds + " s" }
    if step < Self.hour {
      let minutes = time / Self.minute
      return length <= 2 * Self.hour
        ? "\(minutes) min" : "\(minutes / 60):\("\(100 + minutes % 60)".dropFirst()) h"
    }
    return step < Self.day ? "\(time / Self.hour) h" : "\(time / Self.day) d"
  }

  /// The time of the wall clock at a tick, `20:15:30` or `06 Nov 1994`, in UTC. `start` is the UNIX
  /// time of the axis' start, in nanoseconds.
  package func wallLabel(_ time: UInt64, from start: UInt64) -> String {
    let date = HTTPDate(unixSeconds: (start + time) / Self.second)
    let part = step < Self.day ? 17..<25 : 5..<16
    return String(decoding: date.bytes[part], as: UTF8.self)
  }
}
