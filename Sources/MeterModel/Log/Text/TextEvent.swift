// What one line of the text form says (§7), still under the names that the text uses: numbers of
// connections are any 64-bit numbers, and names are bytes.

/// One meaningful line of a log in text.
package enum TextStatement: Equatable, Sendable {
  /// A blank line or a comment.
  case nothing

  /// An option of the model; the reader's configuration has it already.
  case option(ConfigurationOption)

  /// Something happened.
  case event(Instant, TextEvent)

  /// The instant up to which, inclusive, deadlines still fire.
  case end(Instant)
}

/// An event under the text's own names; the cases are those of `Event`.
package enum TextEvent: Equatable, Sendable {
  /// `after` is the number of the connection that the `Last-Event-ID` names.
  case opened(connection: UInt64, namespace: [UInt8], viewer: [UInt8]?, after: UInt64?)
  case closed(connection: UInt64)
  case excluded(viewer: [UInt8])
  case message(namespace: [UInt8], text: [UInt8])
  case peer(node: [UInt8], namespace: [UInt8], members: UInt64, connections: UInt64)
  case bye(node: [UInt8])
}

/// Why a log in text cannot be read any further.
package struct TextLogError: Error, Equatable, Sendable {
  /// The line, counted from 1.
  package let line: Int

  /// What is wrong with it, as a clause.
  package let reason: String
}
