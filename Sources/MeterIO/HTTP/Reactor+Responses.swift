// Responses are sent: those of handlers, the answers of the node, and failures.

import MeterModel

extension Reactor {
  /// Asks the node a question for a connection, which waits for the answer.
  mutating func ask(_ id: UInt32, _ question: Question) {
    connections[id].phase = .waiting
    setTimeout(id, nil)
    outgoing.inputs.appendToBatch(.asked(table.handle(connections[id].slot), question))
  }

  /// Sends `output`, and then the answers to a question as a body without a length.
  mutating func askInPieces(_ id: UInt32, _ question: Question) {
    connections[id].isInPieces = true
    connections[id].question = question
    flush(id)
  }

  /// Sends the node's answer to the question of a connection.
  mutating func send(_ answer: Answer, _ body: Span<UInt8>, _ id: UInt32) {
    switch answer.status {
    case .notFound: fail(id, .notFound)
    case .contentTooLarge:
      fail(id, .contentTooLarge, because: .event(maximum: MessageLimits.maximumFrame))
    case .noNamespace:
      let exchange = connections[id].exchange
      encoder.appendNoMessage(
        allowedMethods: nil, for: exchange, into: &connections[id].output)
      respond(id, exchange)
    case .keepsTooMuch:
      fail(
        id, .contentTooLarge,
        because: .kept(
          services: Configuration.maximumServices, bytes: Configuration.maximumKeptBytes))
    case .unavailable:
      let exchange = connections[id].exchange.closing
      encoder.appendUnavailable(
        retryAfterSeconds: UInt64.random(in: 5...30), access(id), for: exchange,
        into: &connections[id].output)
      respond(id, exchange)
    case .ok where connections[id].isInPieces:
      // The next piece is requested when this one was sent, so that a slow reader costs the memory
      // of one piece.
      connections[id].output.append(body)
      connections[id].question = answer.rest
      if answer.rest == nil { connections[id].isLast = true }
      flush(id)
    case .ok where answer.rest != nil:
      // Only the last answer has a body.
      if let question = answer.rest { ask(id, question) }
    case .ok:
      let isPublic = table[connections[id].slot].port.definition.isPublic
      encoder.append(
        answer.type, body: body, access(id), variesByAccept: isPublic,
        for: connections[id].exchange, into: &connections[id].output)
      respond(id, connections[id].exchange)
    }
  }

  /// The pages that may read the response to the present request of a connection.
  private func access(_ id: UInt32) -> PageAccess {
    let isPublic = table[connections[id].slot].port.definition.isPublic
    return isPublic ? connections[id].access : .sameOrigin
  }

  /// Sends the response in `output`, after which the connection goes on or ends, as the exchange
  /// says.
  mutating func respond(_ id: UInt32, _ exchange: MeterModel.Exchange) {
    connections[id].isLast = connections[id].isLast || exchange.persistence == .closed
    flush(id)
  }

  /// Sends `output`, and then ends the connection.
  mutating func sendLast(_ id: UInt32) {
    connections[id].isLast = true
    flush(id)
  }

  /// Responds with the status of a failure, and with its reason, if one is given.
  mutating func fail(
    _ id: UInt32, _ failure: RequestFailure, because reason: FailureReason? = nil
  ) {
    context.console.debug(
      "reactor \(index): socket \(connections[id].slot) answered with \(failure.rawValue)")
    let exchange = connections[id].exchange
    encoder.append(
      failure, because: reason, access(id), for: exchange, into: &connections[id].output)
    respond(id, failure.keepsConnection ? exchange : exchange.closing)
  }

  /// Sends the bytes of `output` that were not sent yet. When all of it was sent, the next piece is
  /// requested, or the next request can be read (`proceed`), or the connection ends.
  mutating func flush(_ id: UInt32) {
    let slot = connections[id].slot
    connections[id].phase = .sending
    guard sendOutput(id) else { return }
    guard connections[id].sent == connections[id].output.count else {
      watch(slot, .writable)
      setTimeout(id, .response)
      return
    }
    if let question = connections[id].question {
      connections[id].output = []
      connections[id].sent = 0
      watch(slot, .nothing)
      ask(id, question)
    } else if connections[id].isLast, connections[id].hasReadAll, !hasUnreadInput(slot) {
      // Nothing of the client is unread, so the close sends FIN and no reset.
      drop(slot)
    } else if connections[id].isLast {
      linger(id)
    } else {
      connections[id].beginNextRequest(limits: table[slot].port.definition.requestLimits)
      watch(slot, .readable)
      setTimeout(id, .idle)
    }
  }

  /// Ends the sending direction, and reads further bytes of the client. A close with unread bytes
  /// would send a reset, and the client might lose the response.
  private mutating func linger(_ id: UInt32) {
    let slot = connections[id].slot
    connections[id].phase = .lingering
    connections[id].dropped = 0
    connections[id].input = []
    connections[id].output = []
    finishSending(slot)
    watch(slot, .readable)
    setTimeout(id, .request)
  }

  /// Sends as much as the socket takes. Returns false if the connection was broken; it is dropped
  /// then.
  mutating func sendOutput(_ id: UInt32) -> Bool {
    let slot = connections[id].slot
    let output = connections[id].output
    let rest = output.span.extracting(droppingFirst: connections[id].sent)
    if rest.isEmpty { return true }
    guard let sent = send(rest, on: slot) else {
      drop(slot)
      return false
    }
    connections[id].sent += sent
    return true
  }

  /// Removes the HTTP connection of a slot, if it has one.
  mutating func removeConnection(_ slot: UInt32) {
    let id = table[slot].attachment
    guard id != .max else { return }
    setTimeout(id, nil)
    connections.remove(id)
    table[slot].attachment = .max
  }
}
