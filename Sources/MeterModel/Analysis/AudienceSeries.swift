// The audience of each namespace over time, as comma-separated values (RFC 4180).

/// Collects a row for each change of the local members or the pending connections of a namespace.
package struct AudienceSeries {
  /// The rows that were written and not taken yet; at first the header.
  package var bytes = Array("seconds,namespace,members,pending\n".utf8)

  private struct Audience: Equatable {
    var members: UInt32 = 0
    var pending: UInt32 = 0
  }

  private var latest: ContiguousArray<Audience> = []

  package init() {}

  /// Begins a section, in which all audiences are empty.
  package mutating func restart() {
    latest.removeAll()
  }

  /// Adds the changes of the latest step. Precondition: the replay has the detail of instants.
  package mutating func add(_ replay: borrowing Replay) {
    for namespace in replay.changed {
      let members = replay.meter.localMembers(of: namespace)
      let open = replay.meter.openConnections(of: namespace)
      let audience = Audience(members: members, pending: open - members)
      let place = Int(namespace.number)
      while latest.count <= place { latest.append(Audience()) }
      guard latest[place] != audience else { continue }
      latest[place] = audience
      bytes += replay.meter.now.decimalSeconds.utf8
      bytes.append(ASCII.comma)
      write(replay.reader.name(of: namespace))
      bytes += ",\(members),\(audience.pending)\n".utf8
    }
  }

  /// Writes a name as a field: in quotes if it has commas or quotes, and with its quotes doubled.
  private mutating func write(_ name: [UInt8]) {
    guard name.contains(where: { $0 == ASCII.quote || $0 == ASCII.comma }) else {
      bytes += name
      return
    }
    bytes.append(ASCII.quote)
    for byte in name {
      if byte == ASCII.quote { bytes.append(ASCII.quote) }
      bytes.append(byte)
    }
    bytes.append(ASCII.quote)
  }
}
