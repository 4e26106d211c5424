// The lines of the text form (§7), with the names that the text has: numbers of connections are any
// 64-bit numbers, and names are bytes.

/// A line of a log in text.
package enum TextStatement: Equatable, Sendable {
  /// A blank line, a comment, or an option, which the reader has set in its section.
  case nothing

  /// A line of a state, in words without the first.
  case state([[UInt8]])

  /// Records are missing. Deadlines have fired up to and including the instant.
  case gap(Instant, LogGap)

  /// Another section begins, with options of its own.
  case section

  /// An event.
  case event(Instant, TextEvent)

  /// The end of the log: deadlines fire up to and including this instant.
  case end(Instant)
}

/// An event with the names that the text has. The cases are those of `Event`.
package enum TextEvent: Equatable, Sendable {
  /// `after` is the connection that the `Last-Event-ID` of the stream names.
  case opened(
    connection: UInt64, namespace: [UInt8], viewer: [UInt8]?, after: ConnectionReference?,
    as: StreamKind)
  case closed(connection: UInt64)
  case excluded(viewer: [UInt8])
  case message(namespace: [UInt8], text: [UInt8])
  case retained(namespace: [UInt8], service: [UInt8], text: [UInt8])
  case peer(node: [UInt8], namespace: [UInt8], members: UInt64, connections: UInt64)
  case bye(node: [UInt8])
  case external(source: [UInt8], namespace: [UInt8], members: UInt64)
  case cut(connection: UInt64)
  case restarted
  case pinged(namespace: [UInt8], viewer: [UInt8])
  case left(namespace: [UInt8], viewer: [UInt8])
  case arrived(connection: UInt64, from: [UInt8])
  case moved(connection: ConnectionReference, to: [UInt8])
  case transferred(namespace: [UInt8], from: [UInt8], to: [UInt8])
}

extension TextEvent {
  /// The text of a message; nil for other events.
  package var text: [UInt8]? {
    switch self {
    case .message(_, let text), .retained(_, _, let text): text
    case .opened, .closed, .excluded, .peer, .bye, .external, .cut, .restarted, .pinged, .left,
      .arrived, .moved, .transferred:
      nil
    }
  }
}

/// A connection that another one comes after, or that moved.
package enum ConnectionReference: Equatable, Sendable {
  /// The latest connection with this number (`after=10`).
  case number(UInt64)

  /// The connection with this ordinal (`after=@10`), for one that no number names any more.
  case ordinal(ConnectionOrdinal)

  /// The connection with this ordinal, which is closed for the one that names it
  /// (`after=closed@10`), whether or not it is.
  case closed(ConnectionOrdinal)
}

extension ConnectionReference: ExpressibleByIntegerLiteral {
  package init(integerLiteral number: UInt64) {
    self = .number(number)
  }
}

/// The reason why a log in text cannot be read any further.
package struct TextLogError: Error, Equatable, Sendable {
  /// The number of the line, from 1.
  package let line: Int

  /// The error in the line, as a clause.
  package let reason: String
}
