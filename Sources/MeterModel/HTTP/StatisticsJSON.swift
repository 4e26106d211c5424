// The statistics port's object (§5), a member at a time, so that a million namespaces can be
// written in pieces:
// `{"ns":{"created":1795350754,"members":1,"connections":1,"modified":1795350754}}`

/// Writes the object of all namespaces' statistics.
package struct StatisticsJSON: Sendable {
  private var hasMembers: Bool

  /// A writer of a whole object, or, `continuing`, of one that has members already.
  package init(continuing: Bool = false) {
    hasMembers = continuing
  }

  /// Appends what comes before the first member.
  package static func open(into output: inout ContiguousArray<UInt8>) {
    output.append(ASCII.openBrace)
  }

  /// Appends one namespace's member, and the comma before it. `created` and `modified` are UNIX
  /// seconds.
  package mutating func append(
    name: Span<UInt8>, created: UInt64, members: UInt64, connections: UInt64, modified: UInt64,
    into output: inout ContiguousArray<UInt8>
  ) {
    var bytes: ContiguousArray<UInt8> = []
    swap(&bytes, &output)
    var json = JSONWriter(appendingTo: bytes, continuing: hasMembers)
    bytes = []
    hasMembers = true
    json.name(name)
    json.beginObject()
    json.member("created", created)
    json.member("members", members)
    json.member("connections", connections)
    json.member("modified", modified)
    json.endObject()
    output = json.bytes
  }

  /// Appends what comes after the last member; no line end.
  package static func close(into output: inout ContiguousArray<UInt8>) {
    output.append(ASCII.closeBrace)
  }
}
