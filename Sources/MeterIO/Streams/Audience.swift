// The streams of one namespace on one reactor. An audience exists while it has streams or a
// broadcast. A reactor has no data for a namespace without an audience there.

import MeterModel

/// The streams of a namespace; 16 bytes. They are a chain of slots, the newest first.
struct Audience {
  let namespace: UInt32

  /// The index of its broadcast; `.max` for none.
  var broadcast: UInt32 = .max

  /// The slot of its newest stream; `.max` for none.
  var first: UInt32 = .max

  /// The number of its last message. Each stream has got the messages before those of the present
  /// broadcast.
  var messages: UInt32 = 0

  /// Whether it has no stream.
  var isEmpty: Bool { first == .max }
}

/// The audiences of a reactor, by row, and the rows by namespace.
struct AudienceTable {
  private var table = Slab { Audience(namespace: .max) }
  private var rows = Self.noRows

  /// A dictionary of a size that malloc's caches do not keep.
  private static var noRows: [UInt32: UInt32] { Dictionary(minimumCapacity: minimumRows) }
  private static let minimumRows = 96

  subscript(row: UInt32) -> Audience {
    get { table[row] }
    _modify { yield &table[row] }
  }

  /// The row of a namespace; nil if it has no audience here.
  func row(of namespace: NamespaceID) -> UInt32? { rows[namespace.number] }

  /// The row of a namespace, which is made if there is none.
  mutating func makeRow(of namespace: NamespaceID) -> UInt32 {
    if let row = rows[namespace.number] { return row }
    let row = table.add(Audience(namespace: namespace.number))
    rows[namespace.number] = row
    return row
  }

  /// Removes an audience. The storage of many namespaces is given back when none is left.
  /// Precondition: the audience has no streams.
  mutating func remove(_ row: UInt32) {
    rows[table[row].namespace] = nil
    table.remove(row)
    if table.count == 0, rows.capacity > 2 * Self.minimumRows { rows = Self.noRows }
  }
}
