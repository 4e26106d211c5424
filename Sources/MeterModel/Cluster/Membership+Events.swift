// Events: changes on a node that the other nodes must know at once.

extension Membership {
  /// The longest text of a message to other nodes, in bytes: what fits into the parts of one
  /// message.
  package static let maximumMessage = DatagramEncoder.partLength * ClusterDatagram.partsLimit

  /// Sends a message for a namespace to the other nodes. Returns false, and sends nothing, if the
  /// name is not valid (1 to 255 visible ASCII bytes) or the text has more than `maximumMessage`
  /// bytes.
  @discardableResult
  package mutating func publish(
    message text: Span<UInt8>, to namespace: Span<UInt8>, at instant: Instant
  ) -> Bool {
    advanceClock(to: instant)
    guard (1...255).contains(namespace.count), namespace.isVisibleASCII,
      text.count <= Self.maximumMessage
    else { return false }
    let length = DatagramEncoder.partLength
    let parts = max(1, (text.count + length - 1) / length)
    for part in 0..<parts {
      let piece = text.extracting(part * length..<min(text.count, (part + 1) * length))
      addEvent(.message(part: part, of: parts), namespace, piece)
    }
    return true
  }

  mutating func addEvent(
    _ kind: ClusterEvent.Kind, _ subject: Span<UInt8>, _ text: Span<UInt8>
  ) {
    guard !hasLeft else { return }
    journal.add(kind, subject, text, at: now)
    if journal.isWaiting { eventsDue = min(eventsDue, now + Self.eventDelay) }
  }

  /// Lets all kept events be sent once more, at once and before new ones.
  mutating func repeatEvents() {
    journal.forget(since: instant(before: settings.memory))
    journal.rewind()
    if journal.isWaiting { eventsDue = now }
  }

  /// Sends the waiting events until `datagrams` reaches the limit.
  mutating func sendEvents(
    _ datagrams: inout Int, limit: Int, into directives: inout ClusterDirectives
  ) {
    eventsDue = .never
    beginDatagram()
    while journal.isWaiting {
      let (event, isRepeated) = journal.nextEvent
      if isRepeated, !isWorthRepeating(event) {
        journal.advance()
        continue
      }
      guard datagrams < limit else { break }
      if append(event) {
        journal.advance()
      } else {
        finishDatagram(into: &directives)
        datagrams += 1
        beginDatagram()
      }
    }
    if !encoder.isEmpty {
      finishDatagram(into: &directives)
      datagrams += 1
    }
    if journal.isWaiting { eventsDue = now + Self.sliceGap }
  }

  private mutating func append(_ event: ClusterEvent) -> Bool {
    switch event.kind {
    case .message(let part, let parts):
      encoder.append(
        message: event.number, part: part, of: parts, to: event.subject.span,
        text: event.text.span, ago: (now - event.at).nanoseconds / 1_000_000)
    case .exclusion(let stamp):
      encoder.append(exclusion: event.number, viewer: event.subject.span, stamp: stamp)
    case .held:
      encoder.append(held: event.number, viewer: event.subject.span, stream: event.text.span)
    case .retained(let service, let time, let part, let parts):
      encoder.append(
        text: event.text.span, part: part, of: parts, time: time, of: service.span,
        in: event.subject.span)
    }
  }

  /// Without a secret, quarantines events whose numbers are far from those that were received, and
  /// asks the sender for them again. A datagram that is not the newest of its sender does not cause
  /// a quarantine, because its event numbers may be old.
  mutating func quarantineEvents(
    of datagram: ClusterDatagram, _ isNewest: Bool, from place: UInt32
  ) {
    var (lowest, lowestFar) = (UInt64.max, UInt64.max)
    func note(_ number: UInt64) {
      lowest = min(lowest, number)
      if peers[place].events.isFar(number) { lowestFar = min(lowestFar, number) }
    }
    for message in datagram.messages { note(message.number) }
    for exclusion in datagram.exclusions { note(exclusion.number) }
    for held in datagram.held { note(held.number) }
    guard lowest < .max, isNewest || lowestFar == .max else { return }
    let isFirst = peers[place].events.highest == 0
    guard peers[place].events.quarantines(lowestFar < .max ? lowestFar : lowest, again: true)
    else {
      return
    }
    if !isFirst { drop(datagram, .badNumber) }
    requestFullRound(from: place)
  }

  /// Processes the events of another node.
  mutating func receiveEvents(
    of datagram: ClusterDatagram, _ bytes: Span<UInt8>, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    peers[place].assembly.forget(since: instant(before: settings.memory))
    // One datagram must not move the numbers further than the window allows.
    let farthest = secret == nil ? peers[place].events.farthest : .max
    for message in datagram.messages where message.number <= farthest {
      guard peers[place].events.verdict(on: message.number) == .new else { continue }
      // A message that was sent before this node started: its viewers received it on another node.
      guard message.ago <= now.nanoseconds / 1_000_000 else {
        peers[place].events.admit(message.number)
        continue
      }
      receiveMessage(message, bytes, from: place, into: &directives)
    }
    for exclusion in datagram.exclusions where exclusion.number <= farthest {
      guard peers[place].events.admit(exclusion.number) == .new else { continue }
      receiveExclusion(
        of: bytes.extracting(exclusion.viewer.bounds), stamp: exclusion.stamp,
        event: exclusion.number, from: place, into: &directives)
    }
    for held in datagram.held where held.number <= farthest {
      guard peers[place].events.admit(held.number) == .new else { continue }
      receiveHeld(
        of: bytes.extracting(held.viewer.bounds),
        stream: bytes.extracting(held.stream.bounds), event: held.number, from: place)
    }
    receiveKept(of: datagram, bytes, from: place, into: &directives)
  }

  private mutating func receiveMessage(
    _ message: ClusterDatagram.Message, _ bytes: Span<UInt8>, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    let text = bytes.extracting(message.text.bounds)
    var whole: ContiguousArray<UInt8>?
    if message.parts > 1 {
      whole = peers[place].assembly.add(message, text: text, at: now)
      if whole == nil { return }
    }
    peers[place].events.admit(message.number)
    let namespace = directives.copy(bytes.extracting(message.namespace.bounds))
    let copy = if let whole { directives.copy(whole.span) } else { directives.copy(text) }
    directives.append(.message(namespace: namespace, text: copy))
  }
}
