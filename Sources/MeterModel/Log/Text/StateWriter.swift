// Writes a snapshot as `state` lines (docs/LOG-TEXT.md). `LogSnapshot` lists the fields.

extension LogTextWriter {
  /// `state meter at=12.5 …`, a line for each element of the snapshot, and `state end 9`.
  package mutating func write(_ snapshot: LogSnapshot, names: some LogNames) {
    var coder = StateWriter(names: names, bytes: bytes)
    coder.write(snapshot)
    bytes = coder.bytes
  }
}

/// Writes the lines of one snapshot.
private struct StateWriter<Names: LogNames>: SnapshotCoder {
  typealias Failure = Never

  let names: Names

  /// The text so far.
  private(set) var bytes: [UInt8]

  private var lines = 0

  init(names: Names, bytes: [UInt8]) {
    self.names = names
    self.bytes = bytes
  }

  mutating func write(_ snapshot: LogSnapshot) {
    var snapshot = snapshot
    begin(.meter)
    snapshot.code(&self)
    let meter = snapshot.meter
    for var namespace in meter.namespaces {
      begin(.namespace)
      namespace.code(&self)
    }
    for var vacancy in meter.vacancies {
      begin(.vacant)
      vacancy.code(&self)
    }
    for var remote in meter.remotes {
      begin(.peer)
      remote.code(&self)
    }
    // A connection begins its line itself.
    for var connection in meter.connections { connection.code(&self) }
    for var viewer in meter.viewers {
      begin(.viewer)
      viewer.code(&self)
    }
    for var ping in meter.pings {
      begin(.ping)
      ping.code(&self)
    }
    // A departure begins its line itself too.
    for var departure in meter.departures { departure.code(&self) }
    for var external in meter.externals {
      begin(.external)
      external.code(&self)
    }
    for (index, var kept) in meter.kept.enumerated() {
      begin(.kept)
      kept.code(&self, text: &snapshot.texts[index])
    }
    let count = lines
    begin(.end)
    write(" \(count)\n")
  }

  private mutating func begin(_ kind: StateLine) {
    if lines > 0 { bytes.append(ASCII.lineFeed) }
    lines += 1
    write("state \(kind.rawValue)")
  }

  private mutating func write(_ text: String) {
    bytes += text.utf8
  }

  private mutating func write(_ name: String, _ value: String) {
    write(" \(name)=\(value)")
  }

  private mutating func write(_ name: String, _ value: [UInt8]) {
    write(" \(name)=")
    bytes += value
  }

  mutating func now(_ name: String, _ now: inout Instant) { instant(name, &now) }

  mutating func latest(_ name: String, _ ordinal: inout ConnectionOrdinal) {
    write(name, "\(ordinal.number)")
  }

  mutating func digest(_ name: String, _ digest: inout Digest) {
    write(name, digest.hexadecimal)
  }

  mutating func number(_ name: String, _ number: inout UInt64) { write(name, "\(number)") }

  mutating func growing(_ name: String, _ number: inout UInt64) { write(name, "\(number)") }

  mutating func instant(_ name: String, _ instant: inout Instant) {
    write(name, instant.decimalSeconds)
  }

  mutating func instant(_ name: String, optional instant: inout Instant?) {
    if let instant { write(name, instant.decimalSeconds) }
  }

  mutating func ordinal(_ name: String, _ ordinal: inout ConnectionOrdinal) {
    write(name, "\(ordinal.number)")
  }

  mutating func ordinal(_ name: String, optional ordinal: inout ConnectionOrdinal) {
    if ordinal != .none { write(name, "\(ordinal.number)") }
  }

  mutating func newNamespace(_ name: String, _ namespace: inout NamespaceID) {
    write(name, names.name(of: namespace))
  }

  mutating func namespace(_ name: String, _ namespace: inout NamespaceID) {
    write(name, names.name(of: namespace))
  }

  mutating func node(_ name: String, _ node: inout NodeID) {
    write(name, TextEscape.visible(names.name(of: node)))
  }

  mutating func source(_ name: String, _ source: inout SourceID) {
    write(name, names.name(of: source))
  }

  mutating func service(_ name: String, _ service: inout ServiceID) {
    write(name, names.name(of: service))
  }

  mutating func text(_ name: String, _ text: inout ContiguousArray<UInt8>) {
    write(name, TextEscape.visible(Array(text)))
  }

  mutating func flag(_ name: String, _ flag: inout Bool) { write(name, flag ? "1" : "0") }

  mutating func viewer(_ name: String, _ viewer: inout ViewerID) {
    if viewer != .none { self.viewer(name, required: &viewer) }
  }

  mutating func viewer(_ name: String, required viewer: inout ViewerID) {
    write(name, names.name(of: viewer))
  }

  mutating func begin(_ connection: inout MeterSnapshot.Connection) {
    switch connection.phase {
    case .dismissed: begin(.dismissed)
    case .pending: begin(.pending)
    case .member: begin(.member)
    case .observer: begin(.observer)
    case .arriving: begin(.arriving)
    }
    write(" \(names.number(of: connection.id))")
  }

  mutating func begin(_ departure: inout MeterSnapshot.Departure) {
    begin(departure.isReturning ? StateLine.returning : StateLine.leaving)
  }
}
