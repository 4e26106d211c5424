// Reads a log in text (§7) a line at a time, so that its length has no limit. A malformed line is
// an error with the number of the line. No input can crash the reader.

/// Reads the lines of a log in text as statements. It also checks their order: options come first,
/// time never decreases, and nothing follows `end`.
package struct TextLogReader {
  /// The longest line, in bytes.
  package static let maximumLineLength = 1 << 18

  /// The defaults with the options that were read. It does not change after the first event or
  /// `end`.
  package private(set) var configuration = Configuration()

  /// The number of lines that were read.
  package private(set) var line = 0

  /// The instant of the latest event or of `end`, which is the end of the log if nothing follows.
  package private(set) var latest = Instant.start

  private var stage = Stage.options

  /// The part of the log that is being read.
  private enum Stage {
    /// Before the first event. Can become `events`, `end`.
    case options

    /// After an event. Can become `end`.
    case events

    /// After `end`, where only comments may be.
    case end
  }

  package init() {}

  /// Reads the next line, without its line feed. After an error the reader must not be used again.
  package mutating func read(_ bytes: [UInt8]) throws(TextLogError) -> TextStatement {
    line += 1
    guard bytes.count <= Self.maximumLineLength else {
      throw error("the line is longer than \(Self.maximumLineLength) bytes")
    }
    var scanner = LineScanner(bytes)
    guard let word = scanner.nextWord() else { return .nothing }
    if stage == .end { throw error("something follows 'end'") }
    if word.span.isEqual(to: "option") {
      return try readOption(&scanner)
    }
    return try readTimed(word, &scanner)
  }

  private mutating func readOption(
    _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextStatement {
    guard stage == .options else { throw error("an option follows an event") }
    let name = try word("the option's name", &scanner)
    guard let option = ConfigurationOption(name: name.span) else {
      throw error("no option of the model is called '\(name.span.printable)'")
    }
    let value = try word("the option's value", &scanner)
    guard option.set(value.span, in: &configuration) else {
      throw error("\(option.rawValue) takes \(option.accepts), not '\(value.span.printable)'")
    }
    try expectEnd(&scanner)
    return .option(option)
  }

  private mutating func readTimed(
    _ time: [UInt8], _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextStatement {
    guard let instant = Instant(decimal: time.span) else {
      throw error("'\(time.span.printable)' is no time in seconds with at most 9 decimals")
    }
    guard instant >= latest else {
      throw error("the time \(instant.decimalSeconds) is before \(latest.decimalSeconds)")
    }
    let verb = try word("what happened", &scanner)
    let event = try readEvent(verb, &scanner)
    try expectEnd(&scanner)
    latest = instant
    stage = event == nil ? .end : .events
    return event.map { .event(instant, $0) } ?? .end(instant)
  }

  /// Reads the event of a line; nil for `end`.
  private func readEvent(
    _ verb: [UInt8], _ scanner: inout LineScanner
  ) throws(TextLogError) -> TextEvent? {
    switch String(decoding: verb, as: UTF8.self) {
    case "open": return try readOpen(&scanner)
    case "close": return .closed(connection: try number("a connection", &scanner))
    case "exclude":
      return .excluded(
        viewer: try name("a viewer id", maximumLength: LogLimits.maximumViewerLength, &scanner))
    case "message":
      let namespace = try name("a namespace", &scanner)
      return .message(namespace: namespace, text: try readText(&scanner))
    case "peer":
      return .peer(
        node: try name("a node", &scanner), namespace: try name("a namespace", &scanner),
        members: try number("members", &scanner),
        connections: try number("connections", &scanner))
    case "bye": return .bye(node: try name("a node", &scanner))
    case "end": return nil
    default: throw error("no event is called '\(verb.span.printable)'")
    }
  }

  private func readOpen(_ scanner: inout LineScanner) throws(TextLogError) -> TextEvent {
    let connection = try number("a connection", &scanner)
    let namespace = try name("a namespace", &scanner)
    var viewer: [UInt8]?
    var after: UInt64?
    while let field = scanner.nextWord() {
      if field.span.hasPrefix("viewer=") && viewer == nil {
        viewer = try checked(
          Array(field.dropFirst(7)), "a viewer id", maximumLength: LogLimits.maximumViewerLength)
      } else if field.span.hasPrefix("after=") && after == nil {
        after = try checked(Array(field.dropFirst(6)), "a connection")
      } else {
        throw error("'\(field.span.printable)' is not expected there")
      }
    }
    return .opened(connection: connection, namespace: namespace, viewer: viewer, after: after)
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
  private func error(_ reason: String) -> TextLogError {
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

  private func name(
    _ meaning: String, maximumLength: Int = LogLimits.maximumNameLength,
    _ scanner: inout LineScanner
  ) throws(TextLogError) -> [UInt8] {
    let name = TextEscape.unescapedName(try word(meaning, &scanner))
    return try checked(name, meaning, maximumLength: maximumLength)
  }

  private func checked(
    _ name: [UInt8], _ meaning: String, maximumLength: Int
  ) throws(TextLogError) -> [UInt8] {
    guard (1...maximumLength).contains(name.count) && name.span.isVisibleASCII else {
      throw error(
        "\(meaning) is 1 to \(maximumLength) visible ASCII bytes, not '\(name.span.printable)'")
    }
    return name
  }

  private func expectEnd(_ scanner: inout LineScanner) throws(TextLogError) {
    if let word = scanner.nextWord() {
      throw error("'\(word.span.printable)' is not expected there")
    }
  }
}
