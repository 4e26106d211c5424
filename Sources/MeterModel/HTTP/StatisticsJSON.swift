// The statistics port's object (§5), which is written member by member, so that a million
// namespaces can be sent in pieces:
// `{"ns":{"created":1795350754,"members":1,"connections":1,"modified":1795350754}}`

extension JSONWriter {
  /// Writes the member of a namespace in the object of the statistics. `created` and `modified` are
  /// UNIX seconds; 0 stands for a namespace that was not modified. O(name)
  package mutating func statistics(
    of name: Span<UInt8>, created: UInt64, members: UInt64, connections: UInt64, modified: UInt64
  ) {
    self.name(name)
    beginObject()
    member("created", created)
    member("members", members)
    member("connections", connections)
    member("modified", modified)
    endObject()
  }
}
