// Responses that observe several namespaces (§4). The connection's slot is `opening` and then
// `streaming` as any stream's, but is in no audience; the slots of its parts are.

import MeterModel

extension Reactor {
  /// Reports a request for a stream that observes several namespaces to the node.
  mutating func openWatch(_ slot: UInt32, _ names: WatchedNames, of bytes: Span<UInt8>) {
    var watch = Watch(slot: slot)
    outgoing.inputs.appendToBatch(.grouped(streams: names.names.count))
    let row = watches.add(watch)
    for name in names.names {
      let text = bytes.extracting(name.bounds)
      let part = table.add(descriptor: -1, port: table[slot].port)
      table[part].state = .part
      table[part].attachment = row
      watch.add(part, text)
      let input = NodeInput.opened(
        table.handle(part), namespace: outgoing.bytes.appendText(text), viewer: .none, after: nil,
        as: .observer)
      outgoing.inputs.appendToBatch(input)
    }
    watches[row] = watch
    table[slot].traits.insert(.watching)
    table[slot].audience = row
  }

  /// The slot of the connection of a stream, which is its own unless it is a part.
  func connection(of slot: UInt32) -> UInt32 {
    table[slot].state == .part ? watches[table[slot].attachment].slot : slot
  }

  /// Takes the first count of a part and the messages that come with it, in the form that other
  /// streams are sent. With the last of the parts the head and the first events are sent.
  mutating func greetPart(
    _ slot: UInt32, _ namespace: NamespaceID, _ count: UInt64, messages: Span<UInt8>
  ) {
    join(slot, namespace)
    let row = table[slot].attachment
    watches[row].greet(slot, count, messages: messages)
    guard watches[row].awaited == 0 else { return }
    let connection = watches[row].slot
    let (traits, access) = (table[connection].traits, takeAccess(connection))
    let (counts, first) = (watches[row].takeCounts(), watches[row].takeFirstMessages())
    Self.clear(&watchFrame)
    encoder.appendStream(
      counts: counts.span, isPadded: traits.contains(.padded), traits.framing, access,
      into: &watchFrame)
    if !first.isEmpty {
      switch traits.framing {
      case .plain: watchFrame.append(first.span)
      case .chunked: StreamFraming.append(chunk: first.span, into: &watchFrame)
      }
    }
    table[connection].state = .streaming
    sendFrame(to: connection, count: nil, limit: .max)
  }

  /// Keeps the count of a part until the end of the turn, because others may follow.
  mutating func keepCount(_ count: UInt64, for slot: UInt32) {
    let row = table[slot].attachment
    watches[row].set(slot, count)
    guard !watches[row].isDue else { return }
    watches[row].isDue = true
    dueWatches.appendToBatch(row)
  }

  /// Sends the counts that were kept in this turn, in one event for each connection.
  mutating func sendKeptCounts() {
    guard !dueWatches.isEmpty else { return }
    var rows: ContiguousArray<UInt32> = []
    swap(&rows, &dueWatches)
    for row in rows where Int(row) < watches.rows.count && watches[row].isDue {
      watches[row].isDue = false
      sendCounts(of: row)
    }
    rows.empty()
    swap(&rows, &dueWatches)
  }

  /// Sends the counts of a watch that are still to be sent, unless its connection is behind or has
  /// no first event yet: they wait then, and newer ones replace them.
  mutating func sendCounts(of row: UInt32) {
    let slot = watches[row].slot
    guard table[slot].state == .streaming, table[slot].attachment == .max,
      watches[row].hasCounts
    else { return }
    let counts = watches[row].takeCounts()
    makeFrame(for: slot) { ServerSentEvents.append(event: counts.span, into: &$0) }
    sendFrame(to: slot, count: nil)
  }

  /// Sends messages to a part. `events` are those of the other streams of the namespace.
  mutating func sendMessages(_ events: Span<UInt8>, toPart slot: UInt32) {
    let row = table[slot].attachment
    let (connection, watch) = (watches[row].slot, watches[row])
    guard table[connection].state == .streaming else { return }
    makeFrame(for: connection) { watch.append(messages: events, to: slot, into: &$0) }
    deliver(to: connection, count: nil)
  }

  /// Makes the frame of a watch's connection, in the framing of its stream.
  private mutating func makeFrame(
    for slot: UInt32, _ write: (inout ContiguousArray<UInt8>) -> Void
  ) {
    Self.clear(&watchFrame)
    switch table[slot].traits.framing {
    case .plain: write(&watchFrame)
    case .chunked:
      var events: ContiguousArray<UInt8> = []
      write(&events)
      StreamFraming.append(chunk: events.span, into: &watchFrame)
    }
  }

  /// The messages of the broadcasts that the parts of a connection have not got, in the framing of
  /// its stream.
  func restOfParts(_ slot: UInt32) -> ContiguousArray<UInt8> {
    let watch = watches[table[slot].audience]
    var events: ContiguousArray<UInt8> = []
    for part in watch.parts where table[part.slot].audience != .max {
      let audience = audiences[table[part.slot].audience]
      guard audience.broadcast != .max else { continue }
      var messages: ContiguousArray<UInt8> = []
      broadcasts[audience.broadcast].appendRest(
        after: table[part.slot].messages, newest: audience.messages, .plain, to: &messages)
      watch.append(messages: messages.span, to: part.slot, into: &events)
    }
    guard !events.isEmpty, table[slot].traits.framing == .chunked else { return events }
    var rest: ContiguousArray<UInt8> = []
    StreamFraming.append(chunk: events.span, into: &rest)
    return rest
  }

  /// Frees the slots of the parts of a connection, and reports their ends to the node.
  mutating func removeParts(_ slot: UInt32) {
    let row = table[slot].audience
    for part in watches[row].parts {
      if table[part.slot].audience != .max { leave(part.slot) }
      reportEnd(part.slot)
      table.remove(part.slot)
    }
    watches.remove(row)
    table[slot].audience = .max
    table[slot].traits.remove(.watching)
  }
}
