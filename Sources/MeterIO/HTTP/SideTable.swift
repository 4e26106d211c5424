// Rows that few connections need, reused when they are free.

/// A table of rows with a free list. A free row keeps nothing.
struct SideTable<Row> {
  var rows: ContiguousArray<Row> = []
  private var free: ContiguousArray<UInt32> = []
  private let empty: () -> Row

  /// `empty` makes what stands in a free row.
  init(empty: @escaping () -> Row) {
    self.empty = empty
  }

  subscript(index: UInt32) -> Row {
    get { rows[Int(index)] }
    _modify { yield &rows[Int(index)] }
  }

  /// How many rows are in use.
  var count: Int { rows.count - free.count }

  mutating func add(_ row: Row) -> UInt32 {
    if let index = free.popLast() {
      rows[Int(index)] = row
      return index
    }
    rows.makeRoom()
    rows.append(row)
    return UInt32(rows.count - 1)
  }

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
