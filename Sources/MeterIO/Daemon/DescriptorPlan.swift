// Who may have how many of the process's descriptors (§8). Streams get the most; a reserve is kept for the
// daemon's own ports and for clients who are only told that the daemon is full.

/// The shares of the descriptors.
package struct DescriptorPlan: Equatable, Sendable {
  /// Connections of the audience port, streams or not.
  package let audience: Int

  /// Connections of the statistics and message ports.
  package let operation: Int

  /// Connections of the demo port.
  package let demo: Int

  /// Streams, if no other limit was asked for.
  package let streams: Int

  /// What is left for files and for what the system's own calls open for a moment.
  private static let spare = 8

  /// Fewer connections than this are not worth a start.
  private static let fewestConnections = 8

  /// Divides up `limit` descriptors, of which the daemon itself holds `own`; nil where they are too few. The
  /// reserve is at most half of them, or what the daemon itself needs.
  package init?(limit: Int, own: Int) {
    let own = own + Self.spare
    let connections = limit - own
    guard connections >= Self.fewestConnections else { return nil }
    let reserve = min(limit / 2, max(128, limit / 16))
    streams = min(limit - reserve, connections - min(connections / 4, 64))
    let services = (connections - streams) / 2
    demo = services / 2
    operation = services - demo
    audience = connections - services
  }

  /// The least limit with which the daemon starts.
  package static func leastLimit(own: Int) -> Int {
    own + spare + fewestConnections
  }
}
