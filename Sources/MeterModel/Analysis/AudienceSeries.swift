// The audience of each namespace over time, as comma-separated values.

/// Gathers a row for each change of a namespace's local members or pending connections.
package struct AudienceSeries {
  /// What was written and not taken yet; at first the header.
  package var bytes = Array("seconds,namespace,members,pending\n".utf8)

  private struct Audience: Equatable {
    var members: UInt32 = 0
    var pending: UInt32 = 0
  }

  private var latest: ContiguousArray<Audience> = []

  package init() {}

  /// A section begins: nobody is there.
  package mutating func restart() {
    latest.removeAll()
  }

  /// Adds what the latest step changed. Precondition: the replay goes into the detail of instants.
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
      bytes.append(UInt8(ascii: ","))
      write(replay.reader.name(of: namespace))
      bytes += ",\(members),\(audience.pending)\n".utf8
    }
  }

  /// A name as a field (RFC 4180): in quotes where it has commas or quotes, which are doubled.
  private mutating func write(_ name: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    guard name.contains(where: { $0 == quote || $0 == UInt8(ascii: ",") }) else {
      bytes += name
      return
    }
    bytes.append(quote)
    for byte in name {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}
