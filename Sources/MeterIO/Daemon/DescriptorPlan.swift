// Who may have how many of the process's descriptors (§8). Streams get the most; a reserve is kept for the
// daemon's own ports and for clients who are only told that the daemon is full.

/// The shares of the descriptors.
package struct DescriptorPlan: Equatable, Sendable {
  /// Connections of the audience port, streams or not.
  package let audience: Int

  /// Connections of the statistics, message and demo ports.
  package let services: Int

  /// Streams, if no other limit was asked for.
  package let streams: Int

  /// Divides up `limit` descriptors. At most half of them are the reserve.
  package init(limit: Int) {
    let reserve = min(limit / 2, max(128, limit / 16))
    // A quarter of the reserve, or a little more, is for listeners, pollers and files.
    let own = min(reserve / 4 + 16, reserve / 2)
    services = max(1, (reserve - own) / 2)
    audience = max(1, limit - own - services)
    streams = max(1, limit - reserve)
  }
}
