// The statistics port's object (§5 of the spec), a member at a time, so that a million namespaces
// can be written in as many pieces as is convenient:
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
    output.append(UInt8(ascii: "{"))
  }

  /// Appends one namespace's member, and the comma before it. `created` and `modified` are UNIX
  /// seconds.
  package mutating func append(
    name: Span<UInt8>, created: UInt64, members: UInt64, connections: UInt64, modified: UInt64,
    into output: inout ContiguousArray<UInt8>
  ) {
    if hasMembers { output.append(ASCII.comma) }
    hasMembers = true
    JSONString.append(name, into: &output)
    output.append(contentsOf: ":{\"created\":".utf8)
    output.append(decimal: created)
    output.append(contentsOf: ",\"members\":".utf8)
    output.append(decimal: members)
    output.append(contentsOf: ",\"connections\":".utf8)
    output.append(decimal: connections)
    output.append(contentsOf: ",\"modified\":".utf8)
    output.append(decimal: modified)
    output.append(UInt8(ascii: "}"))
  }

  /// Appends what comes after the last member; no line end.
  package static func close(into output: inout ContiguousArray<UInt8>) {
    output.append(UInt8(ascii: "}"))
  }
}
