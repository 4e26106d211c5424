// Messages (§2 rule 13): a text for all streams of a namespace, here and on the other nodes.

/// A client whose message was accepted, and the number of this node's streams that it is for.
package struct MessageSender: Sendable {
  let handle: ConnectionHandle
  let reactor: Int
  let streams: UInt32
}

extension Node {
  /// Accepts a message of a client for all nodes. The answer is sent now, or when fewer messages
  /// are in flight.
  mutating func publish(
    _ text: Span<UInt8>, to namespace: Span<UInt8>, from handle: ConnectionHandle,
    on reactor: Int
  ) {
    guard makeFrame(of: text) else {
      outputs[reactor].append(.answer(handle, .failed(.contentTooLarge)))
      return
    }
    membership?.publish(message: text, to: namespace, at: meter.now)
    let streams = deliver(text, to: namespaces.find(namespace))
    let sender = MessageSender(handle: handle, reactor: reactor, streams: streams)
    if sender.streams == 0 || !flow.delays(sender) { answer(sender) }
  }

  /// Delivers a message of another node.
  mutating func deliverRemote(_ text: Span<UInt8>, to namespace: Span<UInt8>) {
    guard let number = namespaces.find(namespace),
      meter.openConnections(of: NamespaceID(number)) > 0
    else { return }
    // A node of this program sends no text that becomes a larger event. A text of another sender
    // must not end the streams that have a backlog.
    guard makeFrame(of: text) else { return }
    _ = deliver(text, to: number)
  }

  /// Answers a client whose message was accepted.
  mutating func answer(_ sender: MessageSender) {
    answer(sender.handle, on: sender.reactor, .json) { body in
      body.append(contentsOf: "{\"connections\":".utf8)
      body.append(decimal: UInt64(sender.streams))
      body.append(UInt8(ascii: "}"))
    }
  }

  /// Directs the reactors that have streams of the namespace to send them the event in `frame`.
  mutating func sendFrame(to namespace: NamespaceID) {
    let frame = frame
    for reactor in 0..<streamReactors where routes.lead(to: reactor, from: namespace) {
      let copy = outputs[reactor].copy(frame.span)
      outputs[reactor].append(.message(namespace, frame: copy))
      flow.sent(to: reactor)
    }
  }

  /// Makes the event of a text, once for all reactors. Returns false if it is too large.
  mutating func makeFrame(of text: Span<UInt8>) -> Bool {
    frame.removeAll(keepingCapacity: frame.capacity <= 4096)
    ServerSentEvents.append(message: text, into: &frame)
    return frame.count <= MessageLimits.maximumFrame
  }

  /// Feeds the meter a message whose event is in `frame`, for the namespace with a number; nil
  /// stands for an unknown one. Returns the number of this node's streams that it is for.
  private mutating func deliver(_ text: Span<UInt8>, to number: UInt32?) -> UInt32 {
    guard let number else { return 0 }
    let namespace = NamespaceID(number)
    let streams = meter.openConnections(of: namespace)
    guard streams > 0 else { return 0 }
    messageCount += 1
    let message = MessageID(messageCount)
    if log != nil, let copy = log?.copy(text) {
      log?.append(.message(namespace, message, text: copy), at: meter.now)
    }
    meter.apply(.message(namespace, message), at: meter.now, into: &effects)
    performEffects()
    return streams
  }
}
