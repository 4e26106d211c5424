// Streams: they are opened, greeted, ended, and caught up with when they fell behind.

import MeterModel

extension Reactor {
  /// Asks the sequencer for a stream. The dialogue, if there was one, is over.
  mutating func openStream(
    _ slot: UInt32, _ head: RequestHead, of bytes: Span<UInt8>, namespace: ByteRange,
    viewer: ByteRange
  ) {
    guard streamCount < mostStreams else {
      sendElsewhere(slot)
      return
    }
    streamCount += 1
    let lastEventID = bytes.extracting(head.lastEventID.bounds)
    let after = StreamIdentifier.parse(lastEventID, run: context.run) ?? .none
    let tellsStream = !viewer.bounds.isEmpty && lastEventID.count == StreamIdentifier.length
    let input = NodeInput.opened(
      table.handle(slot),
      namespace: outgoing.bytes.appendText(bytes.extracting(namespace.bounds)),
      viewer: outgoing.bytes.appendText(bytes.extracting(viewer.bounds)), after: after,
      lastEventID: tellsStream ? outgoing.bytes.appendText(lastEventID) : .none)
    outgoing.inputs.appendToBatch(input)
    removeDialogue(slot)
    table[slot].state = .opening
    table[slot].wantsPadding = head.isOldInternetExplorer
    watch(slot, .readable)
  }

  /// Sends a new stream its head and first event, and puts it in its audience.
  mutating func greet(
    _ slot: UInt32, _ ordinal: ConnectionOrdinal, _ namespace: NamespaceID, _ count: UInt64
  ) {
    clearFrame()
    encoder.appendStream(
      greeting: count, to: ordinal, isPadded: table[slot].wantsPadding,
      into: &frame)
    let row = audiences.makeRow(of: namespace)
    table[slot].state = .streaming
    table[slot].audience = row
    table[slot].messages = audiences[row].messages
    table.link(slot, to: &audiences[row].first)
    sendFrame(to: slot, count: nil)
  }

  /// Takes a stream out of its audience and forgets what it had still to get.
  mutating func leaveAudience(_ slot: UInt32) {
    if table[slot].side != .max { removeBacklog(slot) }
    let row = table[slot].audience
    let telling = audiences[row].telling
    if telling != .max { tellings[telling].leave(slot, to: table[slot].next) }
    table.unlink(slot, from: &audiences[row].first)
    table[slot].audience = .max
    if audiences[row].isEmpty { forgetAudience(row) }
  }

  /// Ends a stream that the meter ended, with what it has still to get.
  mutating func end(_ slot: UInt32, _ reason: EndReason) {
    let rest = takeRest(slot)
    leaveAudience(slot)
    let side = becomeDialogue(slot)
    dialogues[side].output = rest
    if reason == .excluded {
      ServerSentEvents.appendExclusion(into: &dialogues[side].output)
    }
    sendLast(side)
  }

  /// What a stream is behind with, and the messages that are on their way to it, unless they are more than a
  /// stream may be behind with.
  private func takeRest(_ slot: UInt32) -> ContiguousArray<UInt8> {
    var rest: ContiguousArray<UInt8> = []
    let backlog = table[slot].side
    if backlog != .max {
      rest.append(contentsOf: backlogs[backlog].bytes.dropFirst(backlogs[backlog].sent))
    }
    let audience = audiences[table[slot].audience]
    guard audience.telling != .max else { return rest }
    let length = rest.count
    tellings[audience.telling].appendRest(
      after: table[slot].messages, newest: audience.messages, to: &rest)
    if rest.count > Backlog.mostBytes { rest.removeLast(rest.count - length) }
    return rest
  }

  /// Answers a client whose stream the meter refused.
  mutating func refuse(_ slot: UInt32, _ reason: RefusalReason) {
    let side = becomeDialogue(slot)
    switch reason {
    case .full: appendFull(side)
    case .stopped: encoder.appendStopped(for: .last, into: &dialogues[side].output)
    }
    sendLast(side)
  }

  /// Answers a client that asks for a stream of a reactor that holds as many as it can: when it comes again,
  /// another one may get it.
  private mutating func sendElsewhere(_ slot: UInt32) {
    context.fullnessNotice.note(at: now)
    removeDialogue(slot)
    let side = makeBareDialogue(slot)
    appendFull(side)
    sendLast(side)
  }

  private mutating func appendFull(_ side: UInt32) {
    encoder.appendFullStream(
      retryMilliseconds: UInt64.random(in: 5_000...30_000), into: &dialogues[side].output)
  }

  /// A connection that is no stream any more; the sequencer is told that it is gone.
  private mutating func becomeDialogue(_ slot: UInt32) -> UInt32 {
    reportClosed(slot)
    return makeBareDialogue(slot)
  }

  private mutating func makeBareDialogue(_ slot: UInt32) -> UInt32 {
    table[slot].state = .conversing
    let side = dialogues.add(Dialogue(slot: slot, limits: .standard))
    table[slot].side = side
    return side
  }
}

// MARK: - Streams that fall behind

extension Reactor {
  /// Sends `frame` to a stream that is not behind. What it does not take, it gets when it can; of a frame
  /// that is a count and of which it took nothing, only the newest.
  mutating func sendFrame(to slot: UInt32, count: UInt64?) {
    guard let sent = send(frame.span, on: slot) else {
      drop(slot)
      return
    }
    guard sent < frame.count else { return }
    guard frame.count - sent <= Backlog.mostBytes else {
      drop(slot)
      return
    }
    var backlog = Backlog(slot: slot, waitsSince: now)
    if let count, sent == 0 {
      backlog.owedCount = count
    } else {
      backlog.bytes = ContiguousArray(frame[sent...])
    }
    let side = backlogs.add(backlog)
    behind.append(side, in: &backlogs.rows)
    table[slot].side = side
    watch(slot, .both)
  }

  /// Sends what a stream that can be written again has missed.
  mutating func catchUp(_ slot: UInt32) {
    let side = table[slot].side
    guard side != .max else { return }
    if let count = backlogs[side].owedCount, backlogs[side].bytes.isEmpty {
      backlogs[side].owedCount = nil
      ServerSentEvents.append(count: count, into: &backlogs[side].bytes)
    }
    let bytes = backlogs[side].bytes
    let rest = bytes.span.extracting(droppingFirst: backlogs[side].sent)
    guard let sent = send(rest, on: slot) else {
      drop(slot)
      return
    }
    guard sent > 0 else { return }
    behind.remove(side, from: &backlogs.rows)
    backlogs[side].sent += sent
    backlogs[side].waitsSince = now
    behind.append(side, in: &backlogs.rows)
    guard backlogs[side].sent == backlogs[side].bytes.count else { return }
    if backlogs[side].owedCount != nil {
      backlogs[side].bytes = []
      backlogs[side].sent = 0
    } else {
      removeBacklog(slot)
      watch(slot, .readable)
    }
  }

  private mutating func removeBacklog(_ slot: UInt32) {
    let side = table[slot].side
    behind.remove(side, from: &backlogs.rows)
    backlogs.remove(side)
    table[slot].side = .max
  }
}
