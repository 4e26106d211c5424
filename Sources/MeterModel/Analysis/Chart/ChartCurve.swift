// A number over time in bounded memory: the columns of a picture, each with the minimum and the
// maximum of the number, so that no peak is lost in a long log.

/// A step function of time, sampled into columns of equal width.
package struct ChartCurve: Sendable {
  /// The value of a curve where it is absent. Counts are always smaller.
  package static let absent = UInt64.max

  /// The values of a curve within one column.
  package struct Column: Equatable, Sendable {
    /// The smallest value; above `maximum` where the curve was absent throughout.
    package var minimum: UInt64

    /// The largest value.
    package var maximum: UInt64

    /// The value at the end of the column, perhaps `absent`.
    package var last: UInt64

    /// A column in which the curve is absent.
    package static let absent = Column(minimum: .max, maximum: 0, last: ChartCurve.absent)

    package init(minimum: UInt64, maximum: UInt64, last: UInt64) {
      self.minimum = minimum
      self.maximum = maximum
      self.last = last
    }

    /// Whether the curve has a value in the column.
    package var isPresent: Bool { minimum <= maximum }

    fileprivate init(steady value: UInt64) {
      self =
        value == ChartCurve.absent
        ? .absent : Column(minimum: value, maximum: value, last: value)
    }

    fileprivate mutating func include(_ value: UInt64) {
      last = value
      guard value != ChartCurve.absent else { return }
      minimum = min(minimum, value)
      maximum = max(maximum, value)
    }
  }

  /// The columns up to the last change, in order of time; all columns after `finish`.
  package private(set) var columns: ContiguousArray<Column>

  /// The current value, or `absent`.
  package private(set) var value = ChartCurve.absent

  /// The largest value so far.
  package private(set) var maximum: UInt64 = 0

  private let count: Int
  private let length: UInt64

  /// A curve of `count` columns over `length` nanoseconds, at first absent. Precondition: `count`
  /// is at least 1.
  package init(columns count: Int, length: UInt64) {
    invariant(count > 0, "a curve has no columns")
    self.count = count
    self.length = max(length, 1)
    columns = []
    columns.reserveCapacity(count)
  }

  /// Sets the value from a time on, in nanoseconds since the start of the curve. A time before the
  /// latest column is taken as that column, a time past the end as the last. O(n) of the columns in
  /// between.
  package mutating func set(_ value: UInt64, at time: UInt64) {
    pass(to: column(at: time))
    self.value = value
    if value != Self.absent { maximum = max(maximum, value) }
    columns[columns.count - 1].include(value)
  }

  /// Fills the remaining columns with the current value.
  package mutating func finish() {
    pass(to: count - 1)
  }

  /// The column of a time.
  private func column(at time: UInt64) -> Int {
    let place = UInt128(time) * UInt128(count) / UInt128(length)
    return Int(min(place, UInt128(count - 1)))
  }

  private mutating func pass(to column: Int) {
    while columns.count <= column { columns.append(Column(steady: value)) }
  }
}
