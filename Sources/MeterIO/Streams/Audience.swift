// The streams of one namespace on one reactor. It is there while it has streams, or is still being told
// something; of the namespaces that have none here a reactor knows nothing.

import MeterModel

/// The streams of a namespace; 16 bytes. They are a chain of slots, the newest first.
struct Audience {
  let namespace: UInt32

  /// What it is being told; `.max` for nothing.
  var telling: UInt32 = .max

  /// The slot of its newest stream; `.max` for none.
  var first: UInt32 = .max

  /// The number of its last message; each of its streams got those before the ones that are being told.
  var messages: UInt32 = 0

  var isEmpty: Bool { first == .max }
}

/// The audiences of a reactor, by row, and the rows by namespace.
struct AudienceTable {
  private var table = SideTable { Audience(namespace: .max) }
  private var rows = Self.noRows

  /// With room that malloc's caches do not keep.
  private static var noRows: [UInt32: UInt32] { Dictionary(minimumCapacity: 96) }

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
    if table.count == 0, rows.capacity > 2 * 96 { rows = Self.noRows }
  }
}
