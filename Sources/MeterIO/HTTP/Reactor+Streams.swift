// Streams are opened, greeted and ended. A stream that was behind gets the data that it missed.

import MeterModel

extension Reactor {
  /// Reports a request for a stream to the node. The HTTP connection, if there was one, ends.
  /// `bytes` begin with the request's head.
  mutating func openStream(
    _ slot: UInt32, _ request: StreamRequest, _ head: RequestHead, of bytes: Span<UInt8>
  ) {
    let access = PageAccess(head, in: bytes)
    guard streamCount < maximumStreams else {
      refuseForLackOfRoom(slot, StreamFraming(head), access)
      return
    }
    streamCount += 1
    removeConnection(slot)
    table[slot].state = .opening
    table[slot].traits = StreamTraits(head)
    switch request {
    case .one(let namespace, let viewer, let kind):
      let after =
        kind == .viewer
        ? StreamIdentifier(bytes.extracting(head.formerStream(in: bytes).bounds)) : nil
      let input = NodeInput.opened(
        table.handle(slot),
        namespace: outgoing.bytes.appendText(bytes.extracting(namespace.bounds)),
        viewer: outgoing.bytes.appendText(bytes.extracting(viewer.bounds)), after: after, as: kind)
      outgoing.inputs.appendToBatch(input)
    case .several(let names): openWatch(slot, names, of: bytes)
    }
    if case .origin(let origin) = access { table[slot].attachment = origins.add(origin) }
    watch(slot, .readable)
  }

  /// Takes the pages that may read the response to a request for a stream.
  mutating func takeAccess(_ slot: UInt32) -> PageAccess {
    let index = table[slot].attachment
    guard index != .max else { return .everyOrigin }
    let origin = origins[index]
    origins.remove(index)
    table[slot].attachment = .max
    return .origin(origin)
  }

  /// Makes the head and the first event of a new stream.
  mutating func makeGreeting(_ slot: UInt32, _ ordinal: ConnectionOrdinal, _ count: UInt64) {
    let (traits, access) = (table[slot].traits, takeAccess(slot))
    let number = UInt32(index) + slot * context.streamReactors
    let stream = ConnectionKey(ConnectionID(number), ordinal)
    switch traits.framing {
    case .chunked:
      Self.clear(&chunkedFrame)
      encoder.appendStream(
        greeting: count, to: stream, isPadded: traits.contains(.padded), .chunked, access,
        into: &chunkedFrame)
    case .plain:
      Self.clear(&plainFrame)
      encoder.appendStream(
        greeting: count, to: stream, isPadded: traits.contains(.padded), .plain, access,
        into: &plainFrame)
    }
  }

  /// Adds events to a greeting that was made.
  mutating func appendToGreeting(_ events: Span<UInt8>, _ slot: UInt32) {
    switch table[slot].traits.framing {
    case .chunked: StreamFraming.append(chunk: events, into: &chunkedFrame)
    case .plain: plainFrame.append(events)
    }
  }

  /// Sends a new stream the greeting that was made, and adds it to its audience.
  mutating func greet(_ slot: UInt32, _ namespace: NamespaceID) {
    table[slot].state = .streaming
    join(slot, namespace)
    // What is kept may be more than a stream may be behind later.
    sendFrame(to: slot, count: nil, limit: .max)
  }

  /// Adds a stream to the audience of its namespace.
  mutating func join(_ slot: UInt32, _ namespace: NamespaceID) {
    let row = audiences.makeRow(of: namespace)
    table[slot].audience = row
    table[slot].messages = audiences[row].messages
    table.link(slot, to: &audiences[row].first)
  }

  /// Sends an open stream an event of its own.
  mutating func send(frame event: Span<UInt8>, to slot: UInt32) {
    guard table[slot].state == .streaming else { return }
    switch table[slot].traits.framing {
    case .chunked:
      Self.clear(&chunkedFrame)
      StreamFraming.append(chunk: event, into: &chunkedFrame)
    case .plain:
      Self.clear(&plainFrame)
      plainFrame.append(event)
    }
    deliver(to: slot, count: nil)
  }

  /// Takes a stream out of its audience, and drops the bytes that were not sent to it yet.
  mutating func leaveAudience(_ slot: UInt32) {
    if table[slot].attachment != .max { removeBacklog(slot) }
    if !table[slot].traits.contains(.watching) { leave(slot) }
  }

  /// Takes a stream out of its audience.
  mutating func leave(_ slot: UInt32) {
    let row = table[slot].audience
    let broadcast = audiences[row].broadcast
    if broadcast != .max { broadcasts[broadcast].remove(slot, before: table[slot].next) }
    table.unlink(slot, from: &audiences[row].first)
    table[slot].audience = .max
    if audiences[row].isEmpty { removeAudience(row) }
  }

  /// Ends a stream as the node directs, after the bytes that were not sent to it yet.
  mutating func end(_ slot: UInt32, _ reason: EndReason) {
    let framing = table[slot].traits.framing
    let rest = takeRest(slot)
    leaveAudience(slot)
    let id = endStream(slot)
    connections[id].output = rest
    if reason == .excluded {
      ServerSentEvents.appendExclusion(framing, into: &connections[id].output)
    }
    connections[id].output.append(contentsOf: framing.end)
    sendLast(id)
  }

  /// Ends a stream of a reactor that stops: its backlog and the end of its body are sent as far as
  /// the socket takes them now.
  mutating func endAtOnce(_ slot: UInt32) {
    let framing = table[slot].traits.framing
    let end = framing.end
    let backlog = table[slot].attachment
    if backlog != .max {
      if let count = backlogs[backlog].owedCount {
        backlogs[backlog].owedCount = nil
        ServerSentEvents.append(count: count, framing, into: &backlogs[backlog].bytes)
      }
      backlogs[backlog].bytes.append(contentsOf: end)
      catchUp(slot)
    } else if !end.isEmpty {
      _ = send(end.span, on: slot)
    }
  }

  /// The backlog of a stream, and the messages of the broadcast that it has not got, unless they
  /// are more than a backlog may have.
  private func takeRest(_ slot: UInt32) -> ContiguousArray<UInt8> {
    var rest: ContiguousArray<UInt8> = []
    let backlog = table[slot].attachment
    if backlog != .max {
      rest.append(contentsOf: backlogs[backlog].bytes.dropFirst(backlogs[backlog].sent))
    }
    if table[slot].traits.contains(.watching) { return rest + restOfParts(slot) }
    let audience = audiences[table[slot].audience]
    guard audience.broadcast != .max else { return rest }
    let length = rest.count
    broadcasts[audience.broadcast].appendRest(
      after: table[slot].messages, newest: audience.messages, table[slot].traits.framing,
      to: &rest)
    if rest.count > Backlog.maximumBytes { rest.removeLast(rest.count - length) }
    return rest
  }

  /// Responds to a client whose stream the node refused.
  mutating func refuse(_ slot: UInt32, _ reason: RefusalReason) {
    let (framing, access) = (table[slot].traits.framing, takeAccess(slot))
    let id = endStream(slot)
    switch reason {
    case .full: appendFull(id, framing, access)
    case .stopped: encoder.appendStopped(access, into: &connections[id].output)
    }
    sendLast(id)
  }

  /// Responds to a client that requests a stream of a reactor without room for more. Its next
  /// connection may be accepted by another reactor.
  private mutating func refuseForLackOfRoom(
    _ slot: UInt32, _ framing: StreamFraming, _ access: PageAccess
  ) {
    context.fullnessNotice.note(at: now)
    removeConnection(slot)
    let id = makeLastConnection(slot)
    appendFull(id, framing, access)
    sendLast(id)
  }

  private mutating func appendFull(
    _ id: UInt32, _ framing: StreamFraming, _ access: PageAccess
  ) {
    encoder.appendEmptyStream(
      retryMilliseconds: UInt64.random(in: 5_000...30_000), framing, access,
      into: &connections[id].output)
  }

  /// Reports the end of a stream to the node, and makes an HTTP connection for the last response.
  /// Returns its index.
  private mutating func endStream(_ slot: UInt32) -> UInt32 {
    reportClosed(slot)
    return makeLastConnection(slot)
  }

  private mutating func makeLastConnection(_ slot: UInt32) -> UInt32 {
    table[slot].state = .http
    let id = connections.add(HTTPConnection(slot: slot, limits: .standard))
    table[slot].attachment = id
    return id
  }
}

// MARK: - Streams that are behind

extension Reactor {
  /// The frame in the framing of a stream.
  func frame(of slot: UInt32) -> ContiguousArray<UInt8> {
    if table[slot].traits.contains(.watching) { return watchFrame }
    return table[slot].traits.contains(.chunked) ? chunkedFrame : plainFrame
  }

  /// Sends the frame of a stream's framing to a stream that is not behind. Bytes that the socket
  /// does not take become the stream's backlog; a count of which it took no byte is replaced by
  /// newer ones. `limit` is the largest backlog in bytes; nil for that of the stream.
  mutating func sendFrame(to slot: UInt32, count owedCount: UInt64?, limit: Int? = nil) {
    let traits = table[slot].traits
    let (sent, count): (Int?, Int)
    if traits.contains(.watching) {
      (sent, count) = (send(watchFrame.span, on: slot), watchFrame.count)
    } else if traits.contains(.chunked) {
      (sent, count) = (send(chunkedFrame.span, on: slot), chunkedFrame.count)
    } else {
      (sent, count) = (send(plainFrame.span, on: slot), plainFrame.count)
    }
    guard let sent else {
      drop(slot)
      return
    }
    guard sent < count else { return }
    let frame = frame(of: slot)
    guard frame.count - sent <= limit ?? maximumBacklog(of: slot) else {
      drop(slot)
      return
    }
    var backlog = Backlog(slot: slot, waitsSince: now)
    if let owedCount, sent == 0 {
      backlog.owedCount = owedCount
    } else {
      backlog.bytes = ContiguousArray(frame[sent...])
    }
    let index = backlogs.add(backlog)
    behind.append(index, in: &backlogs.rows)
    table[slot].attachment = index
    watch(slot, .both)
  }

  /// Sends the backlog of a stream whose socket is writable.
  mutating func catchUp(_ slot: UInt32) {
    let index = table[slot].attachment
    guard index != .max else { return }
    if let count = backlogs[index].owedCount, backlogs[index].bytes.isEmpty {
      backlogs[index].owedCount = nil
      ServerSentEvents.append(
        count: count, table[slot].traits.framing, into: &backlogs[index].bytes)
    }
    let bytes = backlogs[index].bytes
    let rest = bytes.span.extracting(droppingFirst: backlogs[index].sent)
    guard let sent = send(rest, on: slot) else {
      drop(slot)
      return
    }
    guard sent > 0 else { return }
    behind.remove(index, from: &backlogs.rows)
    backlogs[index].sent += sent
    backlogs[index].waitsSince = now
    behind.append(index, in: &backlogs.rows)
    guard backlogs[index].sent == backlogs[index].bytes.count else { return }
    if backlogs[index].owedCount != nil {
      backlogs[index].bytes = []
      backlogs[index].sent = 0
    } else {
      removeBacklog(slot)
      watch(slot, .readable)
      if table[slot].traits.contains(.watching) { sendCounts(of: table[slot].audience) }
    }
  }

  /// The number of bytes above which a stream that is behind is closed. JSON may be longer than the
  /// messages that it holds.
  func maximumBacklog(of slot: UInt32) -> Int {
    table[slot].traits.contains(.watching) ? Backlog.maximumBytesOfWatch : Backlog.maximumBytes
  }

  private mutating func removeBacklog(_ slot: UInt32) {
    let index = table[slot].attachment
    behind.remove(index, from: &backlogs.rows)
    backlogs.remove(index)
    table[slot].attachment = .max
  }
}
