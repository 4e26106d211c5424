// Questions of clients to the node, and the answers. A port makes a question of a request, and a
// reactor sends every answer in the same way. A new endpoint is a route, a case here, and a
// function of the node that writes the body.

/// A question of a client.
package enum Question: Equatable, Sendable {
  /// The number of members of a namespace. It is 0 if the namespace is not known, and the namespace
  /// is not created. If `excluding` is not empty, the holder of that viewer id is excluded first.
  /// Unavailable when the node is full.
  case members(ByteRange, excluding: ByteRange, asJSON: Bool)

  /// The numbers of members of several namespaces, as JSON; each name is followed by a line feed.
  /// Unavailable when the node is full.
  case counts(ByteRange)

  /// A viewer without a stream is there (§2 rule 9). The answer has the number of members, and when
  /// the next ping should come. Unavailable if the ping is rejected. Precondition: the namespace
  /// has 1 to 255 visible ASCII bytes, the viewer id 1 to 128.
  case ping(namespace: ByteRange, viewer: ByteRange)

  /// A viewer leaves. The answer is that to a ping.
  case leave(namespace: ByteRange, viewer: ByteRange)

  /// A text to send to all streams of a namespace. The answer is the number of streams on this
  /// node. It is delayed when too many messages are in flight. Too large if the event has more than
  /// `MessageLimits.maximumFrame` bytes.
  case message(namespace: ByteRange, text: ByteRange)

  /// A text of a service to send to all streams of a namespace as `service=text`, and to keep for
  /// newcomers; an empty one ends the keeping. The answer is that to `message`. Not there if the
  /// namespace does not exist, and too much if it keeps too much already. Precondition: the name of
  /// the service has 1 to 255 visible ASCII bytes.
  case retain(namespace: ByteRange, service: ByteRange, text: ByteRange)

  /// The count of a source outside of the cluster for a namespace; 0 if it has none any more. The
  /// answer is the number of members of the namespace afterwards. Unavailable if the count is
  /// rejected. Precondition: both names have 1 to 255 visible ASCII bytes.
  case external(source: ByteRange, namespace: ByteRange, members: UInt64)

  /// The statistics of the namespaces that were created after the one with this ordinal; 0 for all.
  /// The answers are the pieces of one JSON object.
  case statistics(after: UInt64)

  /// The statistics of a namespace, as JSON; not found if it is not known.
  case namespace(ByteRange)

  /// The members of all namespaces together: `sum`, and those of the namespaces that were created
  /// after the one with this ordinal; 0 for all. The answers before the last one are empty.
  case total(after: UInt64, sum: UInt64)

  /// The other nodes, as JSON; not found without a cluster.
  case cluster
}

/// The answer of the node to a question.
package struct Answer: Equatable, Sendable {
  /// The outcome, which becomes the HTTP status.
  package enum Status: Equatable, Sendable {
    case ok, notFound, contentTooLarge, unavailable

    /// The namespace of a message to be kept does not exist.
    case noNamespace

    /// The namespace keeps too many messages, or too many bytes of text.
    case keepsTooMuch
  }

  /// The outcome.
  package var status = Status.ok

  /// The type of the body.
  package var type = ContentType.json

  /// The body, or a piece of it, in the bytes of the batch.
  package var body = ByteRange.none

  /// The question for the next piece of the body, to be asked when this one is sent; nil after the
  /// last piece. If the body is not sent in pieces, this answer is empty, and the answer to the
  /// question stands for it.
  package var rest: Question?

  static func failed(_ status: Status) -> Answer {
    var answer = Answer()
    answer.status = status
    return answer
  }
}
