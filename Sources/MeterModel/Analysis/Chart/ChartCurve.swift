// A number over time in a bounded amount of memory: as many columns as a picture has, each with the least and
// the most that the number was there, so that no spike is lost however long the log is.

/// A step function of time, down-sampled into columns of equal width.
package struct ChartCurve: Sendable {
  /// The value of a curve where there is none. Counts saturate far below it.
  package static let absent = UInt64.max

  /// What a curve did within one column.
  package struct Column: Equatable, Sendable {
    /// The extremes; `least` is above `most` where the curve was absent throughout.
    package var least: UInt64
    package var most: UInt64

    /// The value at the column's end, perhaps `absent`.
    package var last: UInt64

    /// Nothing in the whole column.
    package static let absent = Column(least: .max, most: 0, last: ChartCurve.absent)

    package init(least: UInt64, most: UInt64, last: UInt64) {
      self.least = least
      self.most = most
      self.last = last
    }

    /// Whether there is anything to draw.
    package var isPresent: Bool { least <= most }

    fileprivate init(steady value: UInt64) {
      self = value == ChartCurve.absent ? .absent : Column(least: value, most: value, last: value)
    }

    fileprivate mutating func take(_ value: UInt64) {
      last = value
      guard value != ChartCurve.absent else { return }
      least = min(least, value)
      most = max(most, value)
    }
  }

  /// The columns, in order of time; those after the last change are still to come.
  package private(set) var columns: ContiguousArray<Column>

  /// The present value, or `absent`.
  package private(set) var value = ChartCurve.absent

  /// The most that the value ever was.
  package private(set) var most: UInt64 = 0

  private let count: Int
  private let length: UInt64

  /// A curve of `count` columns over `length` nanoseconds, at first absent. Precondition: there is a column.
  package init(columns count: Int, length: UInt64) {
    invariant(count > 0, "a curve has no columns")
    self.count = count
    self.length = max(length, 1)
    columns = []
    columns.reserveCapacity(count)
  }

  /// The value from `time` on, in nanoseconds since the start of the curve. Times that go back or past the
  /// end are taken for the nearest that makes sense. O(columns passed).
  package mutating func set(_ value: UInt64, at time: UInt64) {
    pass(to: column(at: time))
    self.value = value
    if value != Self.absent { most = max(most, value) }
    columns[columns.count - 1].take(value)
  }

  /// Fills the columns that are left with the present value.
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
