// Writes the text form of the log (§7): a line for each option, event and effect. `StateWriter`
// writes snapshots.

/// Collects lines of text. The caller may take `bytes` and empty it at any time.
package struct LogTextWriter {
  /// The lines that were written and not taken yet.
  package var bytes: [UInt8] = []

  package init() {}

  /// `option start 2026-06-01T18:00:00Z`, if the section has it, and `option notify-min-delay 5`
  /// for each option whose value is not that of a log without options.
  package mutating func write(_ section: LogSection) {
    if let start = section.wallStart {
      write("option start \(UTCTime(unixNanoseconds: start).text)\n")
    }
    write(section.configuration)
  }

  /// `option notify-min-delay 5`, for each option whose value is not that of a log without options.
  package mutating func write(_ configuration: Configuration) {
    for option in ConfigurationOption.allCases {
      let value = option.value(in: configuration)
      if value == option.value(in: .textLog) { continue }
      write("option \(option.rawValue) \(value)\n")
    }
  }

  /// `0.5 open 2 football viewer=ab12`
  package mutating func write(_ event: TextEvent, at instant: Instant) {
    write(instant.decimalSeconds)
    switch event {
    case .opened(let connection, let namespace, let viewer, let after, let kind):
      write(" open \(connection)")
      writeName(namespace)
      if let viewer {
        write(" viewer=")
        bytes += viewer
      }
      switch after {
      case let former?:
        write(" after=")
        write(former)
      case nil: break
      }
      switch kind {
      case .viewer: break
      case .observer: write(" observer")
      case .arriving: write(" arriving")
      }
    case .closed(let connection): write(" close \(connection)")
    case .excluded(let viewer):
      write(" exclude")
      writeName(viewer)
    case .message(let namespace, let text):
      write(" message")
      writeName(namespace)
      writeText(text)
    case .peer(let node, let namespace, let members, let connections):
      write(" peer")
      writeNode(node)
      writeName(namespace)
      write(" \(members) \(connections)")
    case .bye(let node):
      write(" bye")
      writeNode(node)
    case .external(let source, let namespace, let members):
      write(" external")
      writeName(source)
      writeName(namespace)
      write(" \(members)")
    case .retained(let namespace, let service, let text):
      write(" retain")
      writeName(namespace)
      writeName(service)
      writeText(text)
    case .cut(let connection): write(" cut \(connection)")
    case .restarted: write(" restart")
    case .pinged(let namespace, let viewer):
      write(" ping")
      writeName(namespace)
      writeName(viewer)
    case .left(let namespace, let viewer):
      write(" leave")
      writeName(namespace)
      writeName(viewer)
    case .arrived(let connection, let node):
      write(" arrived \(connection) from")
      writeNode(node)
    case .moved(let connection, let node):
      write(" moved ")
      write(connection)
      write(" to")
      writeNode(node)
    case .transferred(let namespace, let from, let to):
      write(" transferred")
      writeName(namespace)
      write(" from")
      writeNode(from)
      write(" to")
      writeNode(to)
    }
    write("\n")
  }

  /// `12 gap 833 since=12.5`. Deadlines have fired up to and including the instant.
  package mutating func write(_ gap: LogGap, at instant: Instant) {
    let since = gap.since.decimalSeconds
    write("\(instant.decimalSeconds) gap \(gap.records) since=\(since)\n")
  }

  /// `section`: another section begins.
  package mutating func writeSection() {
    write("section\n")
  }

  /// `60 end`
  package mutating func writeEnd(at instant: Instant) {
    write("\(instant.decimalSeconds) end\n")
  }

  /// `0.5 greet 2 football 2`. `text` is the text of the message, where the effect sends one.
  package mutating func write(_ effect: Effect, names: some LogNames, text: [UInt8] = []) {
    write(effect.instant.decimalSeconds)
    switch effect.action {
    case .greet(let connection, _, let namespace, let count):
      write(" greet \(names.number(of: connection))")
      writeName(names.name(of: namespace))
      write(" \(count)")
    case .notify(let namespace, let count):
      write(" notify")
      writeName(names.name(of: namespace))
      write(" \(count)")
    case .message(let namespace, _):
      write(" message")
      writeName(names.name(of: namespace))
      writeText(text)
    case .send(let connection, let namespace, _):
      write(" send \(names.number(of: connection))")
      writeName(names.name(of: namespace))
      writeText(text)
    case .pong(let namespace, let viewer, let count):
      write(" pong")
      writeName(names.name(of: namespace))
      writeName(names.name(of: viewer))
      write(" \(count)")
    case .end(let connection, let reason):
      write(" end \(names.number(of: connection)) \(reason.word)")
    case .retire(let namespace):
      write(" retire")
      writeName(names.name(of: namespace))
    case .refuse(let connection, let reason):
      write(" refuse \(names.number(of: connection)) \(reason.word)")
    case .reject(let rejection): write(rejection, names: names)
    }
    write("\n")
  }

  private mutating func write(_ rejection: Rejection, names: some LogNames) {
    switch rejection {
    case .open(let connection): write(" reject open \(names.number(of: connection))")
    case .close(let connection): write(" reject close \(names.number(of: connection))")
    case .peerPastLimit(let node, let namespace), .peerOutOfRange(let node, let namespace):
      write(" reject peer")
      writeNode(names.name(of: node))
      writeName(names.name(of: namespace))
    case .external(let source, let namespace):
      write(" reject external")
      writeName(names.name(of: source))
      writeName(names.name(of: namespace))
    case .ping(let namespace, let viewer):
      write(" reject ping")
      writeName(names.name(of: namespace))
      writeName(names.name(of: viewer))
    case .leave(let namespace, let viewer):
      write(" reject leave")
      writeName(names.name(of: namespace))
      writeName(names.name(of: viewer))
    case .retain(let namespace, let service):
      write(" reject retain")
      writeName(names.name(of: namespace))
      writeName(names.name(of: service))
    }
  }

  private mutating func write(_ connection: ConnectionReference) {
    switch connection {
    case .number(let number): write("\(number)")
    case .ordinal(let ordinal): write("@\(ordinal.number)")
    case .closed(let ordinal): write("closed@\(ordinal.number)")
    }
  }

  private mutating func write(_ text: String) {
    bytes += text.utf8
  }

  private mutating func writeName(_ name: [UInt8]) {
    bytes.append(ASCII.space)
    bytes += TextEscape.escapedName(name)
  }

  private mutating func writeNode(_ name: [UInt8]) {
    writeName(TextEscape.visible(name))
  }

  private mutating func writeText(_ text: [UInt8]) {
    guard !text.isEmpty else { return }
    bytes.append(ASCII.space)
    bytes += TextEscape.escaped(text)
  }
}

extension EndReason {
  /// The word for the reason in the text form.
  package var word: String {
    switch self {
    case .expired: "expired"
    case .excluded: "excluded"
    case .superseded: "superseded"
    }
  }
}

extension RefusalReason {
  /// The word for the reason in the text form.
  package var word: String {
    switch self {
    case .stopped: "stopped"
    case .full: "full"
    }
  }
}
