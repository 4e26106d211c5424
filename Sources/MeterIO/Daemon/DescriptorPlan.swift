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

  /// Divides up `limit` descriptors. At most half of them are the reserve, of which the standard streams,
  /// the listeners and what each worker needs for itself come first.
  package init(limit: Int, workers: Int) {
    let own = 24 + 4 * (workers + 2)
    let reserve = min(limit / 2, max(own + 96, limit / 16))
    services = max(1, (reserve - own) / 2)
    audience = max(1, limit - own - services)
    streams = max(1, limit - reserve)
  }
}
