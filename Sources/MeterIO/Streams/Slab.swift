// Rows that few connections need. A connection's slot has the index of its row.

/// A table of rows with a free list. A free row owns nothing.
struct Slab<Row> {
  /// All rows, those that are free too. A queue through the rows needs them as an array.
  var rows: ContiguousArray<Row> = []
  private var free: ContiguousArray<UInt32> = []
  private let empty: () -> Row

  /// An empty table. `empty` makes the value of a free row.
  init(empty: @escaping () -> Row) {
    self.empty = empty
  }

  subscript(index: UInt32) -> Row {
    get { rows[Int(index)] }
    _modify { yield &rows[Int(index)] }
  }

  /// The number of rows in use.
  var count: Int { rows.count - free.count }

  /// Adds a row and returns its index. Amortised O(1).
  mutating func add(_ row: Row) -> UInt32 {
    if let index = free.popLast() {
      rows[Int(index)] = row
      return index
    }
    rows.makeRoom()
    rows.append(row)
    return UInt32(rows.count - 1)
  }

  /// Frees a row. The storage is given back when no row is in use. Precondition: the row is in use.
  mutating func remove(_ index: UInt32) {
    rows[Int(index)] = empty()
    free.makeRoom()
    free.append(index)
    if free.count == rows.count {
      rows = []
      free = []
    }
  }
}
