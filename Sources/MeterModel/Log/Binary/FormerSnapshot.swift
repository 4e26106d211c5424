// The snapshots of logs that were written before viewers could outlive their streams (blocks 4 and
// 5, docs/LOG-FORMAT.md). Each viewer has one stream there.

extension SnapshotDecoder {
  /// Reads the payload of a former snapshot. To be called once.
  mutating func decodeFormer() throws(Malformed) {
    try decodeNamespaces()
    for slot in 0..<(try count(minimumLength: 1)) {
      try decodeFormerConnection(ConnectionID(UInt32(slot)))
    }
    // Viewer ids without a stream, for which an excluded one was remembered for 5 s. A viewer who
    // is gone remembers nothing now.
    for _ in 0..<(try count(minimumLength: 4)) {
      _ = try formerViewer()
      var (ordinal, instant) = (ConnectionOrdinal.none, Instant.start)
      try self.ordinal("excluded", &ordinal)
      try self.instant("since", &instant)
    }
    try decodeExternals()
    guard cursor.position == bytes.count else { throw Malformed("the snapshot is too long") }
    snapshot.meter.viewers.sort { $0.id.number < $1.id.number }
  }

  private mutating func decodeFormerConnection(_ id: ConnectionID) throws(Malformed) {
    let head = try byte()
    guard let phase = MeterSnapshot.Connection.Phase(rawValue: head & 3), head <= 6, head != 4,
      phase != .observer
    else { throw Malformed("a connection is in no phase") }
    var connection = MeterSnapshot.Connection(id: id, phase: phase)
    if phase != .dismissed {
      try instant("opened", &connection.openedAt)
      try ordinal("ordinal", &connection.ordinal)
      try namespace("namespace", &connection.namespace)
      if head & 4 != 0 {
        connection.viewer = try formerViewer()
        var viewer = MeterSnapshot.Viewer()
        viewer.id = connection.viewer
        viewer.namespace = connection.namespace
        viewer.isMember = phase == .member
        viewer.since = connection.openedAt
        try ordinal("excluded", optional: &viewer.remembered)
        snapshot.meter.viewers.append(viewer)
      } else {
        connection.since = connection.openedAt
      }
    }
    numbers.connections.restore(connection.ordinal)
    snapshot.meter.connections.append(connection)
  }

  private mutating func formerViewer() throws(Malformed) -> ViewerID {
    let place = numbers.viewers.count
    let name = try counted()
    try numbers.viewers.bind(place, name.span, .viewer)
    return ViewerID(try numbers.viewers.number(of: place))
  }
}
