// Requests are read, and passed to their port's handler.

import MeterModel

extension Reactor {
  /// Begins with a connection that was just accepted. Its request may have come with it.
  mutating func begin(_ slot: UInt32) {
    switch receive(slot, limit: Self.maximumRequestPiece) {
    case .end:
      if let question = table[slot].port.definition.silentQuestion {
        askInPieces(makeConnection(slot), question)
      } else {
        drop(slot)
      }
    case .nothing:
      _ = makeConnection(slot)
    case .bytes(let count):
      if opensStream(slot, received: count) { return }
      let id = makeConnection(slot)
      connections[id].append(scratch[..<count])
      proceed(slot)
    }
  }

  /// Opens a stream if all that was received is the head of a request for one. This is the usual
  /// case, and needs no `HTTPConnection`.
  private mutating func opensStream(_ slot: UInt32, received count: Int) -> Bool {
    guard table[slot].port.opensStreams else { return false }
    let bytes = scratch
    var parser = RequestHeadParser()
    let span = bytes.span.extracting(first: count)
    guard case .complete(let head) = parser.parse(span),
      let request = table[slot].port.streamRequest(head, in: span, context.ports)
    else { return false }
    openStream(slot, request, head, of: span)
    return true
  }

  private mutating func makeConnection(_ slot: UInt32) -> UInt32 {
    let port = table[slot].port.definition
    let id = connections.add(HTTPConnection(slot: slot, limits: port.requestLimits))
    table[slot].attachment = id
    if port.silentQuestion != nil {
      connections[id].phase = .silence
      setTimeout(id, .silence)
    } else {
      setTimeout(id, .request)
    }
    return id
  }

  /// Reads from an HTTP connection. Returns whether bytes of a request came.
  @discardableResult
  mutating func readRequest(_ slot: UInt32) -> Bool {
    let id = table[slot].attachment
    let phase = connections[id].phase
    // Bytes after a request, and the client's end, are read when the request was answered.
    if phase == .waiting { watch(slot, .nothing) }
    if phase == .waiting || phase == .sending { return false }
    switch receive(slot, limit: phase == .lingering ? .max : Self.maximumRequestPiece) {
    case .nothing: break
    case .end:
      if phase == .silence, let question = table[slot].port.definition.silentQuestion {
        askInPieces(id, question)
      } else {
        drop(slot)
      }
    case .bytes(let count) where phase == .lingering:
      connections[id].dropped += count
      if connections[id].dropped > HTTPConnection.maximumLingering { drop(slot) }
    case .bytes(let count):
      connections[id].append(scratch[..<count])
      proceed(slot)
      return true
    }
    return false
  }

  /// Goes on with the bytes that were received, one request after the other.
  mutating func proceed(_ slot: UInt32) {
    let handle = table.handle(slot)
    var goesOn = true
    while goesOn, table.isCurrent(handle), table[slot].state == .http {
      let id = table[slot].attachment
      switch connections[id].phase {
      case .silence, .head: goesOn = readHead(id)
      case .body: goesOn = readBody(id)
      case .waiting, .sending, .lingering: goesOn = false
      }
    }
  }

  /// Reads a head. Returns false if more bytes are needed.
  private mutating func readHead(_ id: UInt32) -> Bool {
    let start = connections[id].start
    let input = connections[id].input
    guard start < input.count else { return false }
    if connections[id].timeout == .idle { setTimeout(id, .request) }
    var parser = connections[id].parser
    let progress = parser.parse(input.span.extracting(droppingFirst: start))
    connections[id].parser = parser
    if connections[id].phase == .silence {
      // Bytes that are no request line are dropped, and the timeout of 100 ms goes on.
      guard parser.hasRequestLine else {
        // A web page can make a browser send a method of any length. The rest of the line shows
        // whether it is one: a request must not be answered as silence is.
        if let excess = parser.excessOfMethod(in: input.span.extracting(droppingFirst: start)) {
          let limits = table[connections[id].slot].port.definition.requestLimits
          connections[id].removeFromHead(excess, limits: limits)
          return true
        }
        if case .failed = progress { connections[id].input = [] }
        return false
      }
      connections[id].phase = .head
      setTimeout(id, .request)
    }
    switch progress {
    case .incomplete: return false
    case .failed(let failure): fail(id, failure)
    case .complete(let head):
      connections[id].head = head
      connections[id].length = head.length
      beginBody(id, head)
    }
    return true
  }

  /// Opens the stream of a request whose head has ended, or begins with the request's body.
  private mutating func beginBody(_ id: UInt32, _ head: RequestHead) {
    let slot = connections[id].slot
    let port = table[slot].port
    let input = connections[id].input
    let bytes = input.span.extracting(droppingFirst: connections[id].start)
    if port.opensStreams, let request = port.streamRequest(head, in: bytes, context.ports) {
      openStream(slot, request, head, of: bytes)
      return
    }
    if port.definition.isLocal,
      let reason = context.ports.localNames.refusal(of: head, in: bytes)
    {
      fail(id, .forbidden, because: reason)
      return
    }
    let maximum = port.definition.body.maximum
    if case .length(let length) = head.body, length > UInt64(maximum) {
      fail(id, .contentTooLarge, because: .body(maximum: maximum))
      return
    }
    connections[id].decoder = BodyDecoder(head.body)
    connections[id].phase = .body
    if head.expectsContinue {
      ResponseEncoder.appendContinue(into: &connections[id].output)
      guard sendOutput(id) else { return }
      connections[id].output.removeFirst(connections[id].sent)
      connections[id].sent = 0
    }
  }

  /// Reads the bytes of a request's body that have come, and handles the request when the body has
  /// ended. Returns false if more bytes are needed.
  private mutating func readBody(_ id: UInt32) -> Bool {
    let policy = table[connections[id].slot].port.definition.body
    let input = connections[id].input
    var decoder = connections[id].decoder
    var position = connections[id].start + connections[id].length
    var progress = BodyProgress.complete
    while !decoder.isComplete {
      progress = decoder.decode(input.span, from: &position)
      guard case .content(let range) = progress else { break }
      connections[id].dropped += range.count
      if policy.isKept { connections[id].content.append(contentsOf: input[range]) }
    }
    connections[id].decoder = decoder
    if connections[id].dropped > policy.maximum {
      fail(id, .contentTooLarge, because: .body(maximum: policy.maximum))
    } else if progress == .failed {
      fail(id, .badRequest)
    } else if decoder.isComplete {
      connections[id].length = position - connections[id].start
      connections[id].isWhole = true
      handleRequest(id)
    } else {
      // The bytes of the body are no longer needed, only those of the head are.
      let end = connections[id].start + connections[id].length
      connections[id].input.removeLast(connections[id].input.count - end)
      return false
    }
    return true
  }

  /// Passes a request whose body has ended to the handler of its port, and performs its decision.
  private mutating func handleRequest(_ id: UInt32) {
    guard let head = connections[id].head else { fatalError("a request without a head") }
    let input = connections[id].input
    var request = RequestContext(
      head: head, body: connections[id].content, settings: context.ports, encoder: encoder,
      response: [], questionBytes: [])
    swap(&request.response, &connections[id].output)
    swap(&request.questionBytes, &outgoing.bytes)
    let action = table[connections[id].slot].port.definition.handle(
      input.span.extracting(droppingFirst: connections[id].start), &request)
    swap(&request.response, &connections[id].output)
    swap(&request.questionBytes, &outgoing.bytes)
    switch action {
    case .respond(let exchange): respond(id, exchange)
    case .fail(let failure, let reason): fail(id, failure, because: reason)
    case .ask(let question): ask(id, question)
    case .askInPieces(let question): askInPieces(id, question)
    }
  }
}
