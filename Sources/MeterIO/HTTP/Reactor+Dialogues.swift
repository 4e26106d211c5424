// Requests are read and responses sent. What is answered is each port's own matter (see the files of the
// ports); here is how a connection goes from one to the next.

import MeterModel

extension Reactor {
  /// A connection was just accepted; its request may have come with it.
  mutating func begin(_ slot: UInt32) {
    switch receive(slot, most: Self.requestPiece) {
    case .end where table[slot].port == .statistics:
      // Who asks for statistics need not say anything.
      speakRawStatistics(makeDialogue(slot))
    case .end:
      drop(slot)
    case .nothing:
      _ = makeDialogue(slot)
    case .bytes(let count):
      if opensStream(slot, received: count) { return }
      let side = makeDialogue(slot)
      dialogues[side].append(scratch[..<count])
      proceed(slot)
    }
  }

  /// The usual case, without a dialogue: all that came is the head of a request for a stream.
  private mutating func opensStream(_ slot: UInt32, received count: Int) -> Bool {
    guard table[slot].port == .audience else { return false }
    let bytes = scratch
    var parser = RequestHeadParser()
    let span = bytes.span.extracting(first: count)
    guard case .complete(let head) = parser.parse(span),
      case .stream(let namespace, let viewer) = PublicRoute(
        head, in: span, viewersEnabled: context.viewersEnabled)
    else { return false }
    openStream(slot, head, of: span, namespace: namespace, viewer: viewer)
    return true
  }

  private mutating func makeDialogue(_ slot: UInt32) -> UInt32 {
    let side = dialogues.add(Dialogue(slot: slot, limits: limits(of: table[slot].port)))
    table[slot].side = side
    if table[slot].port == .statistics {
      dialogues[side].phase = .silence
      setPatience(side, .brief)
    } else {
      setPatience(side, .impatient)
    }
    return side
  }

  private func limits(of port: Port) -> RequestLimits {
    port == .messages ? .messages : .standard
  }

  /// A dialogue's socket can be read. The answer is whether something of a request came.
  @discardableResult
  mutating func converse(_ slot: UInt32) -> Bool {
    let side = table[slot].side
    let phase = dialogues[side].phase
    // What follows a request is read when that has been answered, and so is the client's end.
    if phase == .waiting { watch(slot, .nothing) }
    if phase == .waiting || phase == .sending { return false }
    switch receive(slot, most: phase == .lingering ? .max : Self.requestPiece) {
    case .nothing: break
    case .end where phase == .silence: speakRawStatistics(side)
    case .end: drop(slot)
    case .bytes(let count) where phase == .lingering:
      dialogues[side].dropped += count
      if dialogues[side].dropped > Dialogue.mostLingering { drop(slot) }
    case .bytes(let count):
      dialogues[side].append(scratch[..<count])
      proceed(slot)
      return true
    }
    return false
  }

  /// Goes on with what has been received, one request after the other.
  mutating func proceed(_ slot: UInt32) {
    let handle = table.handle(slot)
    var goesOn = true
    while goesOn, table.isCurrent(handle), table[slot].state == .conversing {
      let side = table[slot].side
      switch dialogues[side].phase {
      case .silence, .head: goesOn = readHead(side)
      case .body: goesOn = readBody(side)
      case .waiting, .sending, .lingering: goesOn = false
      }
    }
  }

  /// Reads a head; false if more bytes are needed.
  private mutating func readHead(_ side: UInt32) -> Bool {
    let start = dialogues[side].start
    let input = dialogues[side].input
    guard start < input.count else { return false }
    var parser = dialogues[side].parser
    let progress = parser.parse(input.span.extracting(droppingFirst: start))
    dialogues[side].parser = parser
    if dialogues[side].phase == .silence {
      // Bytes that are no request line are ignored, and the 100 ms go on.
      guard parser.hasRequestLine else {
        if case .failed = progress { dialogues[side].input = [] }
        return false
      }
      dialogues[side].phase = .head
      setPatience(side, .impatient)
    }
    switch progress {
    case .incomplete: return false
    case .failed(let failure): fail(side, failure)
    case .complete(let head):
      dialogues[side].head = head
      dialogues[side].length = head.length
      begin(side, head)
    }
    return true
  }

  /// A request's head is whole.
  private mutating func begin(_ side: UInt32, _ head: RequestHead) {
    let slot = dialogues[side].slot
    if table[slot].port == .audience {
      let input = dialogues[side].input
      let request = input.span.extracting(droppingFirst: dialogues[side].start)
      let route = PublicRoute(head, in: request, viewersEnabled: context.viewersEnabled)
      if case .stream(let namespace, let viewer) = route {
        openStream(slot, head, of: request, namespace: namespace, viewer: viewer)
        return
      }
    }
    if case .length(let length) = head.body, length > UInt64(mostBody(of: table[slot].port)) {
      fail(side, .contentTooLarge)
      return
    }
    dialogues[side].decoder = BodyDecoder(head.body)
    dialogues[side].phase = .body
    if head.expectsContinue {
      ResponseEncoder.appendContinue(into: &dialogues[side].output)
      guard sendOutput(side) else { return }
      dialogues[side].output.removeFirst(dialogues[side].sent)
      dialogues[side].sent = 0
    }
  }

  private func mostBody(of port: Port) -> Int {
    port == .messages ? MessageRoute.longestText : Dialogue.mostDropped
  }

  /// Consumes what there is of a request's body, and answers when it is whole; false if more bytes are
  /// needed.
  private mutating func readBody(_ side: UInt32) -> Bool {
    let port = table[dialogues[side].slot].port
    let input = dialogues[side].input
    var decoder = dialogues[side].decoder
    var position = dialogues[side].start + dialogues[side].length
    var progress = BodyProgress.complete
    while !decoder.isComplete {
      progress = decoder.decode(input.span, from: &position)
      guard case .content(let range) = progress else { break }
      dialogues[side].dropped += range.count
      if port == .messages { dialogues[side].content.append(contentsOf: input[range]) }
    }
    dialogues[side].decoder = decoder
    if dialogues[side].dropped > mostBody(of: port) {
      fail(side, .contentTooLarge)
    } else if progress == .failed {
      fail(side, .badRequest)
    } else if decoder.isComplete {
      dialogues[side].length = position - dialogues[side].start
      dialogues[side].isWhole = true
      answer(side)
    } else {
      // All that came is consumed; only the head is still needed.
      let end = dialogues[side].start + dialogues[side].length
      dialogues[side].input.removeLast(dialogues[side].input.count - end)
      return false
    }
    return true
  }

  /// Answers a request that is whole, as its port does.
  private mutating func answer(_ side: UInt32) {
    guard let head = dialogues[side].head else { fatalError("a request without a head") }
    let input = dialogues[side].input
    let request = input.span.extracting(droppingFirst: dialogues[side].start)
    switch table[dialogues[side].slot].port {
    case .audience: answerAudience(side, head, request)
    case .statistics: answerStatistics(side, head, request)
    case .messages: answerMessages(side, head, request)
    case .demo: answerDemo(side, head, request)
    }
  }
}

// MARK: - Responses

extension Reactor {
  /// Asks the node a question for a connection, which waits for the answer.
  mutating func ask(_ side: UInt32, _ question: Question) {
    dialogues[side].phase = .waiting
    setPatience(side, nil)
    outgoing.inputs.appendToBatch(.asked(table.handle(dialogues[side].slot), question))
  }

  /// Sends the response in `output`, after which the connection goes on unless the exchange says not.
  mutating func respond(_ side: UInt32, _ exchange: MeterModel.Exchange) {
    dialogues[side].isLast = dialogues[side].isLast || exchange.persistence == .closed
    flush(side)
  }

  /// Sends what is in `output`, and then ends the connection.
  mutating func sendLast(_ side: UInt32) {
    dialogues[side].isLast = true
    flush(side)
  }

  /// Answers a request that is not served.
  mutating func fail(_ side: UInt32, _ failure: RequestFailure) {
    context.console.debug(
      "reactor \(index): socket \(dialogues[side].slot) answered with \(failure.rawValue)")
    let exchange = dialogues[side].head.map { Exchange($0) } ?? .last
    let anyPage = table[dialogues[side].slot].port == .audience
    encoder.append(failure, anyPage: anyPage, for: exchange, into: &dialogues[side].output)
    respond(side, failure.keepsConnection ? exchange : exchange.closing)
  }

  /// Sends what there is to send; when all is sent, the next request can be read (`proceed`), or the
  /// connection ends.
  mutating func flush(_ side: UInt32) {
    let slot = dialogues[side].slot
    dialogues[side].phase = .sending
    guard sendOutput(side) else { return }
    guard dialogues[side].sent == dialogues[side].output.count else {
      watch(slot, .writable)
      setPatience(side, .patient)
      return
    }
    if let question = dialogues[side].question {
      dialogues[side].output = []
      dialogues[side].sent = 0
      watch(slot, .nothing)
      ask(side, question)
    } else if dialogues[side].isLast, dialogues[side].hasReadAll, !hasUnreadInput(slot) {
      // The client has said all that it had to say, so a close sends FIN and no reset.
      drop(slot)
    } else if dialogues[side].isLast {
      dialogues[side].phase = .lingering
      dialogues[side].dropped = 0
      dialogues[side].input = []
      dialogues[side].output = []
      finishSending(slot)
      watch(slot, .readable)
      setPatience(side, .impatient)
    } else {
      dialogues[side].beginNextRequest(limits: limits(of: table[slot].port))
      watch(slot, .readable)
      setPatience(side, .impatient)
    }
  }

  /// Sends as much as the socket takes; false if the connection was broken and dropped.
  private mutating func sendOutput(_ side: UInt32) -> Bool {
    let slot = dialogues[side].slot
    let output = dialogues[side].output
    let rest = output.span.extracting(droppingFirst: dialogues[side].sent)
    if rest.isEmpty { return true }
    guard let sent = send(rest, on: slot) else {
      drop(slot)
      return false
    }
    dialogues[side].sent += sent
    return true
  }

  /// Forgets a connection's dialogue, if it has one.
  mutating func removeDialogue(_ slot: UInt32) {
    let side = table[slot].side
    guard side != .max else { return }
    setPatience(side, nil)
    dialogues.remove(side)
    table[slot].side = .max
  }
}
