// Events: what happens on a node and concerns the others at once.

extension Membership {
  /// The longest text that is told to other nodes: what fits into the parts of one message.
  package static let longestMessage = DatagramEncoder.partLength * ClusterDatagram.partsLimit

  /// Tells the other nodes' connections of a namespace a text. A name that is none (1 to 255 visible ASCII
  /// bytes), or a text of more than `longestMessage` bytes, is told to nobody, and the answer is false.
  @discardableResult
  package mutating func publish(
    message text: Span<UInt8>, to namespace: Span<UInt8>, at instant: Instant
  ) -> Bool {
    takeTime(instant)
    guard (1...255).contains(namespace.count), namespace.isVisibleASCII,
      text.count <= Self.longestMessage
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

  /// Lets all events that are kept be told once more, at once and before new ones.
  mutating func repeatEvents() {
    journal.forget(since: instant(before: settings.memory))
    journal.rewind()
    if journal.isWaiting { eventsDue = now }
  }

  /// Sends the events that wait, until `datagrams` reaches the limit.
  mutating func sendEvents(
    _ datagrams: inout Int, limit: Int, into directives: inout ClusterDirectives
  ) {
    eventsDue = .never
    beginDatagram()
    while journal.isWaiting {
      let (event, isRepeated) = journal.nextEvent
      if isRepeated, !isWorthRepeating(event) {
        journal.pass()
        continue
      }
      guard datagrams < limit else { break }
      if append(event) {
        journal.pass()
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
    }
  }

  /// Without a secret: events whose numbers are far from those that were heard are not believed before others
  /// come near them, but asked for again. A datagram that was overtaken says nothing of where its sender is.
  mutating func doubtEvents(
    of datagram: ClusterDatagram, _ isNewest: Bool, from place: UInt32
  ) {
    var (least, leastFar) = (UInt64.max, UInt64.max)
    func note(_ number: UInt64) {
      least = min(least, number)
      if peers[place].events.isFar(number) { leastFar = min(leastFar, number) }
    }
    for message in datagram.messages { note(message.number) }
    for exclusion in datagram.exclusions { note(exclusion.number) }
    for held in datagram.held { note(held.number) }
    guard least < .max, isNewest || leastFar == .max else { return }
    let isFirst = peers[place].events.highest == 0
    guard peers[place].events.doubts(leastFar < .max ? leastFar : least, again: true) else {
      return
    }
    if !isFirst { drop(datagram, .badNumber) }
    ask(place)
  }

  /// What another node's events mean here.
  mutating func takeEvents(
    of datagram: ClusterDatagram, _ bytes: Span<UInt8>, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    peers[place].assembly.forget(since: instant(before: settings.memory))
    // One datagram does not go from number to number further than it may at once.
    let farthest = secret == nil ? peers[place].events.farthest : .max
    for message in datagram.messages where message.number <= farthest {
      guard peers[place].events.verdict(on: message.number) == .new else { continue }
      // Whoever was here when it was said, was on another node, and has it from there.
      guard message.ago <= now.nanoseconds / 1_000_000 else {
        peers[place].events.admit(message.number)
        continue
      }
      takeMessage(message, bytes, from: place, into: &directives)
    }
    for exclusion in datagram.exclusions where exclusion.number <= farthest {
      guard peers[place].events.admit(exclusion.number) == .new else { continue }
      heardExclusion(
        of: bytes.extracting(exclusion.viewer.bounds), stamp: exclusion.stamp, from: place,
        into: &directives)
    }
    for held in datagram.held where held.number <= farthest {
      guard peers[place].events.admit(held.number) == .new else { continue }
      heardEnd(
        of: bytes.extracting(held.viewer.bounds),
        stream: bytes.extracting(held.stream.bounds), from: place)
    }
  }

  private mutating func takeMessage(
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
