// Where the axes of a picture are marked, and with what words: round numbers of members, and of seconds,
// minutes, hours or days.

/// The marks of an axis of counts, from 0 to a round number.
package struct CountTicks: Equatable, Sendable {
  /// The distance between two marks: 1, 2 or 5 times a power of ten.
  package let step: UInt64

  /// The last mark, at least the largest count.
  package let top: UInt64

  /// At most five steps up to `most`, which is at most 2⁶³ − 1.
  package init(upTo most: UInt64) {
    let least = max(1, (most + 4) / 5)
    var (power, step) = (UInt64(1), UInt64(0))
    while step == 0 {
      step = [power, 2 * power, 5 * power].first { $0 >= least } ?? 0
      if step == 0 { power *= 10 }
    }
    self.step = step
    top = step * max(1, (most + step - 1) / step)
  }

  /// The marks.
  package var values: [UInt64] {
    (0...top / step).map { $0 * step }
  }

  /// A mark in words: 1,500 or 20M.
  package func label(_ value: UInt64) -> String {
    let units: [(UInt64, String)] = [
      (1_000_000_000_000_000_000, "E"), (1_000_000_000_000_000, "P"), (1_000_000_000_000, "T"),
      (1_000_000_000, "G"), (1_000_000, "M"),
    ]
    guard value > 0, let unit = units.first(where: { step >= $0.0 }) else { return value.grouped }
    return (value / unit.0).grouped + unit.1
  }
}

extension UInt64 {
  /// With commas between thousands: 1,234,567.
  package var grouped: String {
    self < 1000 ? "\(self)" : (self / 1000).grouped + "," + "\(1000 + self % 1000)".dropFirst()
  }
}

/// The marks of an axis of time that begins at 0.
package struct TimeTicks: Equatable, Sendable {
  /// The distance between two marks, in nanoseconds.
  package let step: UInt64

  /// What the axis stands for, in nanoseconds.
  package let length: UInt64

  private static let second: UInt64 = 1_000_000_000
  private static let minute = 60 * second
  private static let hour = 60 * minute
  private static let day = 24 * hour

  /// At most ten steps within `length`.
  package init(length: UInt64) {
    self.length = length
    let least = max(1, length / 10)
    let rounds =
      [1, 2, 5, 10, 15, 30].map { $0 * Self.second }
      + [1, 2, 5, 10, 15, 30].map { $0 * Self.minute } + [1, 2, 3, 6, 12].map { $0 * Self.hour }
    if least <= Self.second / 2 {
      step = Self.decimal(atLeast: least, of: 1)
    } else {
      step = rounds.first { $0 >= least } ?? Self.decimal(atLeast: least, of: Self.day)
    }
  }

  /// 1, 2 or 5 times a power of ten of a unit.
  private static func decimal(atLeast least: UInt64, of unit: UInt64) -> UInt64 {
    var power = unit
    while 5 * power < least { power *= 10 }
    return power >= least ? power : 2 * power >= least ? 2 * power : 5 * power
  }

  /// The marks.
  package var values: [UInt64] {
    (0...length / step).map { $0 * step }
  }

  /// A mark in words: `0.5 s`, `90 s`, `5 min`, `1:30 h`, `48 h`, `3 d`.
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

  /// The wall clock at a mark, `20:15:30` or `06 Nov 1994`, in UTC.
  package func wallLabel(_ time: UInt64, from start: UInt64) -> String {
    let date = HTTPDate(unixSeconds: (start + time) / Self.second)
    let part = step < Self.day ? 17..<25 : 5..<16
    return String(decoding: date.bytes[part], as: UTF8.self)
  }
}
