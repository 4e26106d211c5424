// Questions of clients that the node answers, and the answers. A port turns a request into a question, and a
// reactor sends any answer in the same way: a new endpoint is a route, a case here, and a function of the
// node that writes the body.

/// What a client asks the node.
package enum Question: Equatable, Sendable {
  /// The members of a namespace; 0 for one that is not known, which is not created. The stream that holds the
  /// viewer id `excluding`, if that is not empty, is ended first. Unavailable when the node is full.
  case members(ByteRange, excluding: ByteRange, asJSON: Bool)

  /// To send a text to all streams of a namespace; the answer is how many there are on this node. It comes
  /// late when too many messages are in flight. Too large if the event has more than
  /// `MessageFlow.maximumFrame` bytes.
  case message(namespace: ByteRange, text: ByteRange)

  /// The statistics of the namespaces that were created after the one with this ordinal; 0 for all. The
  /// answers are the pieces of one JSON object.
  case statistics(after: UInt64)

  /// The other nodes, as JSON; not found without a cluster.
  case cluster
}

/// The node's answer to a question.
package struct Answer: Equatable, Sendable {
  /// As the HTTP status says it.
  package enum Status: Equatable, Sendable {
    case ok, notFound, contentTooLarge, unavailable
  }

  package var status = Status.ok
  package var type = ContentType.json

  /// The body, or a piece of it, among the batch's bytes.
  package var body = ByteRange.none

  /// The question that asks for the next piece of the body, to be asked when this one is sent; nil after
  /// the last piece.
  package var rest: Question?

  static func failed(_ status: Status) -> Answer {
    var answer = Answer()
    answer.status = status
    return answer
  }
}
