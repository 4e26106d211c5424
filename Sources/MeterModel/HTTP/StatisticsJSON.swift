// The statistics port's object (§5), which is written member by member, so that a million
// namespaces can be sent in pieces:
// `{"ns":{"created":1795350754,"members":1,"connections":1,"modified":1795350754,"peak":1,
// "peak_at":1795350754,"member_seconds":20}}`

extension JSONWriter {
  /// Writes the statistics of a namespace as an object. `unixSeconds` converts an instant to UNIX
  /// seconds; 0 stands for a namespace that was not modified. O(1)
  package mutating func statistics(
    _ statistics: NamespaceStatistics, _ unixSeconds: (Instant) -> UInt64
  ) {
    beginObject()
    member("created", unixSeconds(statistics.created))
    member("members", statistics.members)
    member("connections", statistics.connections)
    member("modified", statistics.modified.map(unixSeconds) ?? 0)
    member("peak", statistics.peak)
    member("peak_at", unixSeconds(statistics.peakAt))
    member("member_seconds", statistics.memberSeconds)
    endObject()
  }
}
