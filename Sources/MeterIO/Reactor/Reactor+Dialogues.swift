// Requests are read and responses sent. What is answered is each port's own matter (see the files of the
// ports); here is how a connection goes from one to the next.

import MeterModel

extension Reactor {
  /// A connection was just accepted; its request may have come with it.
  mutating func begin(_ slot: UInt32) {
    switch receive(slot) {
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
      dialogues[side].input.append(contentsOf: scratch[..<count])
      proceed(side)
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

  /// A dialogue's socket can be read.
  mutating func converse(_ slot: UInt32) {
    let side = table[slot].side
    switch (receive(slot), dialogues[side].phase) {
    case (.nothing, _): return
    case (.end, .silence): speakRawStatistics(side)
    // Nothing more is asked, and what was asked is still to be answered; then the end is seen again.
    case (.end, .waiting): watch(slot, .nothing)
    case (.end, _): drop(slot)
    case (.bytes(let count), .lingering):
      dialogues[side].dropped += count
      if dialogues[side].dropped > Dialogue.mostLingering { drop(slot) }
    case (.bytes(let count), _):
      dialogues[side].input.append(contentsOf: scratch[..<count])
      proceed(side)
    }
  }

  /// Goes on with what has been received.
  private mutating func proceed(_ side: UInt32) {
    switch dialogues[side].phase {
    case .silence, .head: readHead(side)
    case .body: readBody(side)
    case .waiting, .sending, .lingering: watch(dialogues[side].slot, .nothing)
    }
  }

  /// Reads one request of each connection that has sent several at once. The others have their turn in
  /// between, and thousands of requests in one piece are not as many calls within each other.
  mutating func readPipelined() {
    for _ in 0..<pipelined.count {
      guard let handle = pipelined.popFirst() else { return }
      guard table.isCurrent(handle), table[handle.slot].state == .exchanging else { continue }
      let side = table[handle.slot].side
      if dialogues[side].phase == .head { readHead(side) }
    }
  }

  private mutating func readHead(_ side: UInt32) {
    let wasSilent = dialogues[side].phase == .silence
    var parser = dialogues[side].parser
    let input = dialogues[side].input
    let progress = parser.parse(input.span)
    dialogues[side].parser = parser
    if wasSilent {
      // Bytes that are no request line are ignored, and the 100 ms go on.
      guard parser.hasRequestLine else {
        if case .failed = progress { dialogues[side].input = [] }
        return
      }
      dialogues[side].phase = .head
      setPatience(side, .impatient)
    }
    switch progress {
    case .incomplete: watch(dialogues[side].slot, .readable)
    case .failed(let failure): fail(side, failure)
    case .complete(let head):
      dialogues[side].head = head
      begin(side, head)
    }
  }

  /// A request's head is whole.
  private mutating func begin(_ side: UInt32, _ head: RequestHead) {
    let slot = dialogues[side].slot
    if table[slot].port == .audience {
      let input = dialogues[side].input
      let route = PublicRoute(head, in: input.span, viewersEnabled: context.viewersEnabled)
      if case .stream(let namespace, let viewer) = route {
        openStream(slot, head, of: input.span, namespace: namespace, viewer: viewer)
        return
      }
    }
    if case .length(let length) = head.body, length > UInt64(mostBody(of: table[slot].port)) {
      tooMuch(side)
      return
    }
    dialogues[side].decoder = BodyDecoder(head.body)
    dialogues[side].phase = .body
    if head.expectsContinue {
      ResponseEncoder.appendContinue(into: &dialogues[side].output)
      guard sendOutput(side) else { return }
      dialogues[side].output = []
      dialogues[side].sent = 0
    }
    readBody(side)
  }

  private func mostBody(of port: Port) -> Int {
    port == .messages ? MessageRoute.longestText : Dialogue.mostDropped
  }

  /// Consumes what there is of a request's body; answers when it is whole.
  private mutating func readBody(_ side: UInt32) {
    let port = table[dialogues[side].slot].port
    let start = dialogues[side].head?.length ?? 0
    let input = dialogues[side].input
    var decoder = dialogues[side].decoder
    var position = start
    var isMalformed = false
    decoding: while !decoder.isComplete {
      switch decoder.decode(input.span, from: &position) {
      case .incomplete, .complete: break decoding
      case .failed:
        isMalformed = true
        break decoding
      case .content(let range):
        dialogues[side].dropped += range.count
        if port == .messages { dialogues[side].content.append(contentsOf: input[range]) }
      }
    }
    dialogues[side].decoder = decoder
    dialogues[side].input.removeSubrange(start..<position)
    if isMalformed {
      fail(side, .badRequest)
    } else if dialogues[side].dropped > mostBody(of: port) {
      tooMuch(side)
    } else if decoder.isComplete {
      answer(side)
    } else {
      watch(dialogues[side].slot, .readable)
    }
  }

  /// A body that is too long: the message port says so, and elsewhere nobody wants it.
  private mutating func tooMuch(_ side: UInt32) {
    fail(side, .contentTooLarge)
  }

  /// Answers a request that is whole, as its port does.
  private mutating func answer(_ side: UInt32) {
    guard let head = dialogues[side].head else { return }
    switch table[dialogues[side].slot].port {
    case .audience: answerAudience(side, head)
    case .statistics: answerStatistics(side, head)
    case .messages: answerMessages(side, head)
    case .demo: answerDemo(side, head)
    }
  }
}

// MARK: - Responses

extension Reactor {
  /// Leaves a dialogue to the sequencer, whose answer is awaited.
  mutating func leaveToSequencer(_ side: UInt32, _ report: Report) {
    dialogues[side].phase = .waiting
    setPatience(side, nil)
    outgoing.reports.append(report)
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
    let exchange = dialogues[side].head.map { Exchange($0) } ?? .failed
    encoder.append(failure, for: exchange, into: &dialogues[side].output)
    respond(side, failure.keepsConnection ? exchange : exchange.closing)
  }

  /// Sends what there is to send, and goes on when all is sent.
  mutating func flush(_ side: UInt32) {
    let slot = dialogues[side].slot
    dialogues[side].phase = .sending
    guard sendOutput(side) else { return }
    guard dialogues[side].sent == dialogues[side].output.count else {
      watch(slot, .writable)
      setPatience(side, .patient)
      return
    }
    if let ordinal = dialogues[side].statisticsAfter {
      dialogues[side].output = []
      dialogues[side].sent = 0
      watch(slot, .nothing)
      leaveToSequencer(side, .statistics(table.handle(slot), after: ordinal))
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
      setPatience(side, .impatient)
      // What has come already is read first: what a client sends faster must not pile up here.
      let hasNext = !dialogues[side].input.isEmpty
      watch(slot, hasNext ? .nothing : .readable)
      if hasNext { pipelined.append(table.handle(slot)) }
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
