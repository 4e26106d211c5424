// Questions of clients to the node, and the answers. A port makes a question of a request, and a
// reactor sends every answer in the same way. A new endpoint is a route, a case here, and a
// function of the node that writes the body.

/// A question of a client.
package enum Question: Equatable, Sendable {
  /// The number of members of a namespace. It is 0 if the namespace is not known, and the namespace
  /// is not created. If `excluding` is not empty, the holder of that viewer id is excluded first.
  /// Unavailable when the node is full.
  case members(ByteRange, excluding: ByteRange, asJSON: Bool)

  /// A text to send to all streams of a namespace. The answer is the number of streams on this
  /// node. It is delayed when too many messages are in flight. Too large if the event has more than
  /// `MessageLimits.maximumFrame` bytes.
  case message(namespace: ByteRange, text: ByteRange)

  /// The count of a source outside of the cluster for a namespace; 0 if it has none any more. The
  /// answer is the number of members of the namespace afterwards. Unavailable if the count is
  /// rejected. Precondition: both names have 1 to 255 visible ASCII bytes.
  case external(source: ByteRange, namespace: ByteRange, members: UInt64)

  /// The statistics of the namespaces that were created after the one with this ordinal; 0 for all.
  /// The answers are the pieces of one JSON object.
  case statistics(after: UInt64)

  /// The other nodes, as JSON; not found without a cluster.
  case cluster
}

/// The answer of the node to a question.
package struct Answer: Equatable, Sendable {
  /// The outcome, which becomes the HTTP status.
  package enum Status: Equatable, Sendable {
    case ok, notFound, contentTooLarge, unavailable
  }

  /// The outcome.
  package var status = Status.ok

  /// The type of the body.
  package var type = ContentType.json

  /// The body, or a piece of it, in the bytes of the batch.
  package var body = ByteRange.none

  /// The question for the next piece of the body, to be asked when this one is sent; nil after the
  /// last piece.
  package var rest: Question?

  static func failed(_ status: Status) -> Answer {
    var answer = Answer()
    answer.status = status
    return answer
  }
}
