// Reads a log in text (§7) a line at a time, so that its length has no limit. A malformed line is
// an error with the number of the line. No input can crash the reader.

/// Reads the lines of a log in text as statements. It also checks their order: options come first,
/// then perhaps a state; time never decreases; after records that are missing comes a state or the
/// end; and after `end` only another section.
package struct TextLogReader {
  /// The longest line, in bytes.
  package static let maximumLineLength = 1 << 18

  /// The properties of the section: the defaults with the options that were read. They do not
  /// change after the first event.
  package private(set) var section = LogSection(configuration: .textLog)

  /// The settings of the section.
  package var configuration: Configuration { section.configuration }

  /// The number of lines that were read.
  package private(set) var line = 0

  /// The instant of the latest event or of `end`, which is the end of the log if nothing follows.
  package private(set) var latest = Instant.start

  private var stage = Stage.options

  /// The part of the log that is being read.
  private enum Stage {
    /// Before the first event. Can become `state`, `events`, `lost`, `end`.
    case options

    /// In a state. Can become `events`.
    case state

    /// After an event or a state. Can become `lost`, `end`.
    case events

    /// After a gap. Can become `state`, `end`.
    case lost

    /// After `end`. Can become `options`.
    case end
  }

  package init() {}

  /// Reads the next line, without its line feed. After an error the reader must not be used again.
  package mutating func read(_ bytes: [UInt8]) throws(TextLogError) -> TextStatement {
    line += 1
    guard bytes.count <= Self.maximumLineLength else {
      throw error("the line is longer than \(Self.maximumLineLength) bytes")
    }
    var scanner = LineScanner(line == 1 ? bytes.withoutByteOrderMark : bytes)
    guard let word = scanner.nextWord() else { return .nothing }
    switch String(decoding: word, as: UTF8.self) {
    case "section": return try readSection(&scanner)
    case "state": return try readState(&scanner)
    case "option": return try readOption(&scanner)
    default: return try readTimed(word, &scanner)
    }
  }

  /// Ends the state whose last line was read. Events continue from its instant.
  mutating func endState(at instant: Instant) throws(TextLogError) {
    guard instant >= latest else {
      throw error("the state's time \(instant.decimalSeconds) is before \(latest.decimalSeconds)")
    }
    latest = instant
    stage = .events
  }

  /// Checks that the log may end after the line that was read last.
  func finish() throws(TextLogError) {
    guard stage != .state else { throw error("the state is not complete: 'state end' is missing") }
  }

  private mutating func readSection(
    _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextStatement {
    guard stage == .end else { throw error("'section' does not follow 'end'") }
    try expectEnd(&scanner)
    section = LogSection(configuration: .textLog)
    latest = .start
    stage = .options
    return .section
  }

  private mutating func readState(
    _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextStatement {
    switch stage {
    case .options, .lost, .state: stage = .state
    case .events: throw error("a state follows an event")
    case .end: throw error("something follows 'end'")
    }
    var words: [[UInt8]] = []
    while let word = scanner.nextWord() { words.append(word) }
    return .state(words)
  }

  private mutating func readOption(
    _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextStatement {
    switch stage {
    case .options: break
    case .events, .lost: throw error("an option follows an event")
    case .state: throw error("an option follows a state")
    case .end: throw error("something follows 'end'")
    }
    let name = try word("the option's name", &scanner)
    if name.span.isEqual(to: "start") {
      try readStart(&scanner)
    } else {
      guard let option = ConfigurationOption(name: name.span) else {
        throw error("no option of the model is called '\(name.span.printable)'")
      }
      let value = try word("the option's value", &scanner)
      guard option.set(value.span, in: &section.configuration) else {
        throw error("\(option.rawValue) takes \(option.accepts), not '\(value.span.printable)'")
      }
    }
    try expectEnd(&scanner)
    return .nothing
  }

  private mutating func readStart(_ scanner: inout LineScanner) throws(TextLogError) {
    let value = try word("the option's value", &scanner)
    guard let time = UTCTime(value.span), time.unixNanoseconds > 0 else {
      throw error("start takes a time as 2026-06-01T18:00:00Z, not '\(value.span.printable)'")
    }
    section.wallStart = time.unixNanoseconds
  }

  private mutating func readTimed(
    _ time: [UInt8], _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextStatement {
    if stage == .end { throw error("something follows 'end'") }
    guard let instant = Instant(decimal: time.span) else {
      throw error("'\(time.span.printable)' is no time in seconds with at most 9 decimals")
    }
    guard instant >= latest else {
      throw error("the time \(instant.decimalSeconds) is before \(latest.decimalSeconds)")
    }
    let verb = try word("what happened", &scanner)
    if stage == .state { throw error("'state end' is missing before '\(verb.span.printable)'") }
    if verb.span.isEqual(to: "gap") { return try readGap(instant, &scanner) }
    let event = try readEvent(verb, &scanner)
    try expectEnd(&scanner)
    guard let event else {
      latest = instant
      stage = .end
      return .end(instant)
    }
    guard stage != .lost else { throw error("after a gap only a state or 'end' can follow") }
    latest = instant
    stage = .events
    return .event(instant, event)
  }

  private mutating func readGap(
    _ instant: Instant, _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextStatement {
    guard stage != .lost else { throw error("after a gap only a state or 'end' can follow") }
    let records = try number("the number of missing records", &scanner)
    let field = try word("since=…", &scanner)
    guard field.span.hasPrefix("since="),
      let since = Instant(decimal: Array(field.dropFirst(6)).span),
      since >= instant
    else {
      throw error(
        "since=… is expected with a time from \(instant.decimalSeconds) on, not"
          + " '\(field.span.printable)'")
    }
    try expectEnd(&scanner)
    latest = instant
    stage = .lost
    return .gap(instant, LogGap(records: records, since: since))
  }

  /// Reads the event of a line; nil for `end`.
  private func readEvent(
    _ verb: [UInt8], _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextEvent? {
    switch String(decoding: verb, as: UTF8.self) {
    case "open": return try readOpen(&scanner)
    case "close": return .closed(connection: try number("a connection", &scanner))
    case "exclude":
      return .excluded(viewer: try name("a viewer id", &scanner, .viewer))
    case "message":
      let namespace = try name("a namespace", &scanner)
      return .message(namespace: namespace, text: try readText(&scanner))
    case "retain":
      let namespace = try name("a namespace", &scanner)
      let service = try name("a service", &scanner, .service)
      return .retained(namespace: namespace, service: service, text: try readText(&scanner))
    case "peer":
      return .peer(
        node: try node(&scanner), namespace: try name("a namespace", &scanner),
        members: try number("members", &scanner),
        connections: try number("connections", &scanner))
    case "bye": return .bye(node: try node(&scanner))
    case "external":
      return .external(
        source: try name("a source", &scanner, .source),
        namespace: try name("a namespace", &scanner), members: try number("members", &scanner))
    case "cut": return .cut(connection: try number("a connection", &scanner))
    case "restart": return .restarted
    case "ping":
      return .pinged(
        namespace: try name("a namespace", &scanner),
        viewer: try name("a viewer id", &scanner, .viewer))
    case "leave":
      return .left(
        namespace: try name("a namespace", &scanner),
        viewer: try name("a viewer id", &scanner, .viewer))
    case "end": return nil
    default:
      if let event = try readMove(verb, &scanner) { return event }
      throw error("no event is called '\(verb.span.printable)'")
    }
  }

  /// Reads the event of a viewer that moves between nodes; nil for other events.
  private func readMove(
    _ verb: [UInt8], _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextEvent? {
    switch String(decoding: verb, as: UTF8.self) {
    case "arrived":
      let connection = try number("a connection", &scanner)
      try expect("from", &scanner)
      return .arrived(connection: connection, from: try node(&scanner))
    case "moved":
      let connection = try reference(try word("a connection", &scanner)[...], minimumOrdinal: 0)
      try expect("to", &scanner)
      return .moved(connection: connection, to: try node(&scanner))
    case "transferred":
      let namespace = try name("a namespace", &scanner)
      try expect("from", &scanner)
      let from = try node(&scanner)
      try expect("to", &scanner)
      return .transferred(namespace: namespace, from: from, to: try node(&scanner))
    default: return nil
    }
  }

  private func expect(
    _ preposition: String, _ scanner: inout LineScanner
  ) throws(TextLogError) {
    let word = try word("'\(preposition)'", &scanner)
    guard word.span.isEqual(to: preposition) else {
      throw error("'\(preposition)' is expected, not '\(word.span.printable)'")
    }
  }

  private func readOpen(_ scanner: inout LineScanner) throws(TextLogError) -> TextEvent {
    let connection = try number("a connection", &scanner)
    let namespace = try name("a namespace", &scanner)
    var viewer: [UInt8]?
    var after: ConnectionReference?
    var kind: StreamKind?
    while let field = scanner.nextWord() {
      if field.span.hasPrefix("viewer=") && viewer == nil {
        viewer = try checked(Array(field.dropFirst(7)), "a viewer id", .viewer)
      } else if field.span.hasPrefix("after=") && after == nil {
        after = try reference(field.dropFirst(6))
      } else if field.span.isEqual(to: "observer") && kind == nil {
        kind = .observer
      } else if field.span.isEqual(to: "arriving") && kind == nil {
        kind = .arriving
      } else {
        throw error("'\(field.span.printable)' is not expected there")
      }
    }
    return .opened(
      connection: connection, namespace: namespace, viewer: viewer, after: after,
      as: kind ?? .viewer)
  }

  private func readText(_ scanner: inout LineScanner) throws(TextLogError) -> [UInt8] {
    guard let text = TextEscape.unescaped(scanner.rest()) else {
      throw error(##"a text knows no other escapes than \\, \n, \r, \# and \x with two digits"##)
    }
    guard text.count <= LogLimits.maximumTextLength else {
      throw error("the text is longer than \(LogLimits.maximumTextLength) bytes")
    }
    return text
  }
}

extension TextLogReader {
  /// The error of the line that was read last.
  func error(_ reason: String) -> TextLogError {
    TextLogError(line: line, reason: reason)
  }

  private func word(
    _ meaning: String, _ scanner: inout LineScanner
  ) throws(TextLogError) -> [UInt8] {
    guard let word = scanner.nextWord() else { throw error("\(meaning) is missing") }
    return word
  }

  private func number(
    _ meaning: String, _ scanner: inout LineScanner
  ) throws(TextLogError) -> UInt64 {
    try checked(try word(meaning, &scanner), meaning)
  }

  private func checked(_ digits: [UInt8], _ meaning: String) throws(TextLogError) -> UInt64 {
    guard let number = UInt64(digits: digits.span) else {
      throw error("\(meaning) is a whole number below 2^64, not '\(digits.span.printable)'")
    }
    return number
  }

  /// The connection that `after=` or `moved` names: a number, `@` and an ordinal, or the same after
  /// `closed`. The ordinal 0 names nobody.
  private func reference(
    _ text: ArraySlice<UInt8>, minimumOrdinal: UInt64 = 1
  ) throws(TextLogError) -> ConnectionReference {
    let isClosed = Array(text).span.hasPrefix("closed@")
    guard isClosed || text.first == ASCII.at else {
      return .number(try checked(Array(text), "a connection"))
    }
    let digits = Array(text.dropFirst(isClosed ? 7 : 1))
    guard let number = UInt64(digits: digits.span),
      (minimumOrdinal...UInt64(UInt32.max)).contains(number)
    else {
      throw error(
        "an ordinal is a whole number from \(minimumOrdinal) to \(UInt32.max), not"
          + " '\(digits.span.printable)'")
    }
    let ordinal = ConnectionOrdinal(UInt32(number))
    return isClosed ? .closed(ordinal) : .ordinal(ordinal)
  }

  private func name(
    _ meaning: String, _ scanner: inout LineScanner, _ kind: NameKind = .namespace
  ) throws(TextLogError) -> [UInt8] {
    let name = TextEscape.unescapedName(try word(meaning, &scanner))
    return try checked(name, meaning, kind)
  }

  private func node(_ scanner: inout LineScanner) throws(TextLogError) -> [UInt8] {
    let word = TextEscape.unescapedName(try word("a node", &scanner))
    guard word.span.isVisibleASCII else {
      throw error("a node is written in visible ASCII bytes, not '\(word.span.printable)'")
    }
    return try checked(TextEscape.bytes(ofVisible: word), "a node", .node)
  }

  private func checked(
    _ name: [UInt8], _ meaning: String, _ kind: NameKind
  ) throws(TextLogError) -> [UInt8] {
    guard kind.allows(name.span) else {
      throw error("\(meaning) is \(kind.accepts), not '\(name.span.printable)'")
    }
    return name
  }

  private func expectEnd(_ scanner: inout LineScanner) throws(TextLogError) {
    if let word = scanner.nextWord() {
      throw error("'\(word.span.printable)' is not expected there")
    }
  }
}

extension Configuration {
  /// The settings of a log in text without options: the defaults, and viewer ids that are
  /// exclusive.
  static var textLog: Configuration {
    var configuration = Configuration()
    configuration.viewerIDs = .exclusive
    return configuration
  }
}

extension [UInt8] {
  /// The bytes without the byte order mark of UTF-8, with which some editors begin a file.
  fileprivate var withoutByteOrderMark: [UInt8] {
    starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self
  }
}
