// The lines of the text form (§7), with the names that the text has: numbers of connections are any
// 64-bit numbers, and names are bytes.

/// A line of a log in text.
package enum TextStatement: Equatable, Sendable {
  /// A blank line or a comment.
  case nothing

  /// An option of the meter. The reader has set it in its configuration.
  case option(ConfigurationOption)

  /// An event.
  case event(Instant, TextEvent)

  /// The end of the log: deadlines fire up to and including this instant.
  case end(Instant)
}

/// An event with the names that the text has. The cases are those of `Event`.
package enum TextEvent: Equatable, Sendable {
  /// `after` is the number of the connection that the `Last-Event-ID` of the stream names.
  case opened(connection: UInt64, namespace: [UInt8], viewer: [UInt8]?, after: UInt64?)
  case closed(connection: UInt64)
  case excluded(viewer: [UInt8])
  case message(namespace: [UInt8], text: [UInt8])
  case peer(node: [UInt8], namespace: [UInt8], members: UInt64, connections: UInt64)
  case bye(node: [UInt8])
}

/// The reason why a log in text cannot be read any further.
package struct TextLogError: Error, Equatable, Sendable {
  /// The number of the line, from 1.
  package let line: Int

  /// The error in the line, as a clause.
  package let reason: String
}
