// The streams of one namespace on one reactor. It is there while it has streams, or is still being told
// something; of the namespaces that have none here a reactor knows nothing.

import MeterModel

/// The streams of a namespace; 24 bytes.
struct Audience {
  let namespace: UInt32

  /// What it is being told; `.max` for nothing.
  var telling: UInt32 = .max

  /// Their slots.
  private(set) var members = StreamList()

  /// Adds a stream; the answer is its place. A pass under way does not reach it.
  mutating func add(_ slot: UInt32) -> UInt32 {
    members.append(slot)
    return UInt32(members.count - 1)
  }

  /// Removes the stream at a place, and says which streams moved where. The first `untold` are still to be
  /// told in the pass under way.
  mutating func remove(
    at place: UInt32, untold: inout Int, moved: (_ slot: UInt32, _ place: UInt32) -> Void
  ) {
    var hole = Int(place)
    if hole < untold {
      // Keep those who are untold together: their last one fills the hole and leaves one.
      untold -= 1
      if hole != untold {
        members[hole] = members[untold]
        moved(members[hole], UInt32(hole))
      }
      hole = untold
    }
    let last = members.removeLast()
    if hole < members.count {
      members[hole] = last
      moved(last, UInt32(hole))
    }
  }
}

/// The audiences of a reactor, by row, and the rows by namespace.
struct AudienceTable {
  private var table = SideTable { Audience(namespace: .max) }
  private var rows: [UInt32: UInt32] = [:]

  subscript(row: UInt32) -> Audience {
    get { table[row] }
    _modify { yield &table[row] }
  }

  /// The row of a namespace; nil if it has no audience here.
  func row(of namespace: NamespaceID) -> UInt32? { rows[namespace.number] }

  /// The row of a namespace, made if there is none.
  mutating func makeRow(of namespace: NamespaceID) -> UInt32 {
    if let row = rows[namespace.number] { return row }
    let row = table.add(Audience(namespace: namespace.number))
    rows[namespace.number] = row
    return row
  }

  /// Forgets an audience without streams. What a crowd of namespaces has left behind is given up when none
  /// is left.
  mutating func remove(_ row: UInt32) {
    rows[table[row].namespace] = nil
    table.remove(row)
    if table.count == 0 { rows = [:] }
  }
}
