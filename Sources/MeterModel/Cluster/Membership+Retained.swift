// Retained messages (§2 rule 13). A node that accepts one sends its text at once, as it sends a
// message. Each round lists the newest text of each service of the namespaces that exist on its
// node: all of them in a full round, and otherwise as counts are listed. A node that hears of a
// text that is newer than its own, because it has started later, was separated, or has only now got
// the namespace, asks the node that listed it until the text comes. A namespace that does not exist
// on a node has no texts there; when it does, it is heard of them in the next rounds.

/// A text that another node has and this one asks for.
struct WantedText {
  let namespace: ContiguousArray<UInt8>
  let service: ContiguousArray<UInt8>
  var stamp: KeptStamp

  /// The node that listed it last.
  var session: SessionID

  /// The instant of the next request, and the last instant at which one is sent.
  var nextAt: Instant
  var until: Instant
}

extension Membership {
  /// The length of a part of a text. With the longest names it fits into any datagram that has only
  /// flags so far.
  static let keptPartLength = 640

  /// The largest number of texts that are asked for at once.
  static let maximumWanted = 1024

  /// A client of this node retained a text of at most `keptPartLength` times 64 bytes, and the
  /// meter accepted it: the other nodes are sent it. The names have 1 to 255 visible ASCII bytes.
  package mutating func retained(
    _ text: Span<UInt8>, of service: Span<UInt8>, in namespace: Span<UInt8>, at instant: Instant
  ) {
    advanceClock(to: instant)
    latestStampTime = max(latestStampTime + 1, wall)
    let time = min(latestStampTime, ClusterDatagram.maximumNumber / 4)
    kept.set(
      KeptStamp(time: time, text: text), text.isEmpty ? .ended : .kept, of: service, in: namespace)
    tell(text, of: service, in: namespace)
  }

  /// Sends the newest text of a service, unless it was sent just now.
  mutating func tell(_ text: Span<UInt8>, of service: Span<UInt8>, in namespace: Span<UInt8>) {
    guard let record = kept.record(of: service, in: namespace), record.phase != .refused,
      record.stamp.check == KeptStamp.check(of: text),
      record.sentAt.map({ $0 + Self.fullRoundGap <= now }) ?? true
    else { return }
    let length = Self.keptPartLength
    let parts = max(1, (text.count + length - 1) / length)
    guard parts <= ClusterDatagram.partsLimit else { return }
    kept.sent(service, in: namespace, at: now)
    for part in 0..<parts {
      let piece = text.extracting(part * length..<min(text.count, (part + 1) * length))
      addEvent(
        .retained(service: record.service, time: record.stamp.time, part: part, of: parts),
        namespace, piece)
    }
  }

  /// Records what became of a text of another node that the membership directed its caller to
  /// retain.
  package mutating func received(
    _ text: Span<UInt8>, of service: Span<UInt8>, in namespace: Span<UInt8>, time: UInt64,
    isAccepted: Bool, at instant: Instant
  ) {
    advanceClock(to: instant)
    let phase: KeptStamps.Record.Phase =
      !isAccepted ? .refused : text.isEmpty ? .ended : .kept
    kept.set(KeptStamp(time: time, text: text), phase, of: service, in: namespace)
    wanted.removeAll {
      $0.namespace.span.isEqual(to: namespace) && $0.service.span.isEqual(to: service)
        && $0.stamp.time <= time
    }
  }

  /// Asks a node for a text that it listed, of a namespace that exists here.
  package mutating func want(
    _ note: KeptNote, _ bytes: Span<UInt8>, at instant: Instant
  ) {
    advanceClock(to: instant)
    let namespace = bytes.extracting(note.namespace.bounds)
    let service = bytes.extracting(note.service.bounds)
    let stamp = KeptStamp(time: note.time, check: note.check)
    let session = peers[note.place].session
    let place = wanted.firstIndex {
      $0.namespace.span.isEqual(to: namespace) && $0.service.span.isEqual(to: service)
    }
    if let place {
      guard wanted[place].stamp <= stamp else { return }
      wanted[place].stamp = stamp
      wanted[place].session = session
      wanted[place].until = now + settings.memory
      return
    }
    guard wanted.count < Self.maximumWanted else { return }
    var (namespaceCopy, serviceCopy) = (ContiguousArray<UInt8>(), ContiguousArray<UInt8>())
    namespaceCopy.append(namespace)
    serviceCopy.append(service)
    wanted.append(
      WantedText(
        namespace: namespaceCopy, service: serviceCopy, stamp: stamp, session: session,
        nextAt: now, until: now + settings.memory))
    wantedDue = min(wantedDue, now + Self.eventDelay)
  }

  /// Sends the requests for texts that are due.
  mutating func sendWanted(into directives: inout ClusterDirectives) {
    guard wantedDue <= now else { return }
    wantedDue = .never
    let now = now
    wanted.removeAll { $0.until < now }
    beginDatagram()
    for place in wanted.indices {
      if wanted[place].nextAt <= now {
        let text = wanted[place]
        if !encoder.append(wanted: text.session, text.namespace.span, text.service.span) {
          finishDatagram(into: &directives)
          beginDatagram()
          _ = encoder.append(wanted: text.session, text.namespace.span, text.service.span)
        }
        wanted[place].nextAt = now + settings.requestGap
      }
      wantedDue = min(wantedDue, wanted[place].nextAt)
    }
    if !encoder.isEmpty { finishDatagram(into: &directives) }
  }

  /// Forgets the texts of a namespace that retires on this node.
  mutating func forgetKept(in namespace: Span<UInt8>) {
    kept.forget(namespace)
    if !wanted.isEmpty { wanted.removeAll { $0.namespace.span.isEqual(to: namespace) } }
  }
}

// MARK: - Rounds

extension Membership {
  /// Lists the texts of the namespaces from the cursor of the round on.
  mutating func listKept(_ datagrams: inout Int, into directives: inout ClusterDirectives) {
    while datagrams < Self.slice, advertising.keptCursor < kept.numbersEnd {
      let number = advertising.keptCursor
      advertising.keptCursor += 1
      let isDue = advertising.lists(number)
      for record in kept[number]
      where record.phase != .refused && (isDue || record.repetitions > 0) {
        if append(record, of: number) { continue }
        finishDatagram(into: &directives)
        datagrams += 1
        beginDatagram()
        _ = append(record, of: number)
      }
      kept.listed(number)
    }
  }

  private mutating func append(_ record: KeptStamps.Record, of number: Int) -> Bool {
    var namespace: ContiguousArray<UInt8> = []
    kept.withName(of: number) { namespace.append($0) }
    return encoder.append(
      kept: namespace.span, record.service.span, time: record.stamp.time,
      check: record.stamp.check)
  }
}

// MARK: - Received texts

extension Membership {
  /// Processes what another node sends, lists and asks for.
  mutating func receiveKept(
    of datagram: ClusterDatagram, _ bytes: Span<UInt8>, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    assembly.forget(since: instant(before: settings.memory))
    for text in datagram.texts { receive(text, bytes, from: place, into: &directives) }
    for listed in datagram.kept {
      let stamp = KeptStamp(time: listed.time, check: listed.check)
      guard isNews(stamp, of: listed.service, in: listed.namespace, bytes) else { continue }
      directives.append(
        kept: KeptNote(
          namespace: directives.copy(bytes.extracting(listed.namespace.bounds)),
          service: directives.copy(bytes.extracting(listed.service.bounds)), time: listed.time,
          check: listed.check, place: place))
    }
    for wanted in datagram.wanted where wanted.session == session {
      directives.append(
        tell: KeptNote(
          namespace: directives.copy(bytes.extracting(wanted.namespace.bounds)),
          service: directives.copy(bytes.extracting(wanted.service.bounds)), place: place))
    }
  }

  private mutating func receive(
    _ part: ClusterDatagram.Text, _ bytes: Span<UInt8>, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    // The check of a text is known when all parts are there.
    let latest = KeptStamp(time: part.time, check: .max)
    guard isNews(latest, of: part.service, in: part.namespace, bytes) else { return }
    let text = bytes.extracting(part.text.bounds)
    var whole: ContiguousArray<UInt8> = []
    if part.parts > 1 {
      guard mayBeMissing(part, bytes) else { return }
      guard let assembled = assembly.add(numbered(part, bytes), text: text, at: now) else {
        return
      }
      whole = assembled
    } else {
      whole.append(text)
    }
    let stamp = KeptStamp(time: part.time, text: whole.span)
    guard isNews(stamp, of: part.service, in: part.namespace, bytes) else { return }
    observeTime(part.time)
    directives.append(
      retain: KeptNote(
        namespace: directives.copy(bytes.extracting(part.namespace.bounds)),
        service: directives.copy(bytes.extracting(part.service.bounds)),
        text: directives.copy(whole.span), time: part.time, check: stamp.check, place: place))
  }

  /// Whether the text of a part is not known to be here. It is if this node has a text of its time,
  /// and has not heard of another one of the same time.
  private func mayBeMissing(_ part: ClusterDatagram.Text, _ bytes: Span<UInt8>) -> Bool {
    let service = bytes.extracting(part.service.bounds)
    let namespace = bytes.extracting(part.namespace.bounds)
    guard kept.record(of: service, in: namespace)?.stamp.time == part.time else { return true }
    return wanted.contains {
      $0.namespace.span.isEqual(to: namespace) && $0.service.span.isEqual(to: service)
    }
  }

  /// The part with a number that all parts of the text have, whichever node sends them and however
  /// often.
  private func numbered(
    _ part: ClusterDatagram.Text, _ bytes: Span<UInt8>
  ) -> ClusterDatagram.Message {
    var subject: ContiguousArray<UInt8> = []
    subject.append(bytes.extracting(part.namespace.bounds))
    // No name contains it.
    subject.append(ASCII.lineFeed)
    subject.append(bytes.extracting(part.service.bounds))
    subject.append(ASCII.lineFeed)
    subject.append(bigEndian: part.time, count: 8)
    return ClusterDatagram.Message(
      number: hashKey.hash(subject.span), part: part.part, parts: part.parts,
      namespace: part.namespace, text: part.text)
  }

  /// Whether a text that the membership directed its caller to retain is still newer than what is
  /// known of its service here: one datagram may have it twice.
  package func awaits(_ note: KeptNote, _ bytes: Span<UInt8>) -> Bool {
    let record = kept.record(
      of: bytes.extracting(note.service.bounds), in: bytes.extracting(note.namespace.bounds))
    return record.map { $0.stamp < KeptStamp(time: note.time, check: note.check) } ?? true
  }

  /// Whether a text is newer than what is known of its service here. A text that this node has
  /// already takes its new stamp; one of a time far ahead is ignored.
  private mutating func isNews(
    _ stamp: KeptStamp, of service: ByteRange, in namespace: ByteRange, _ bytes: Span<UInt8>
  ) -> Bool {
    guard stamp.time <= wall + 86_400_000 else { return false }
    let service = bytes.extracting(service.bounds)
    let namespace = bytes.extracting(namespace.bounds)
    guard let record = kept.record(of: service, in: namespace) else { return true }
    guard record.stamp < stamp else { return false }
    guard record.phase != .refused, record.stamp.check == stamp.check else { return true }
    observeTime(stamp.time)
    kept.set(stamp, record.phase, of: service, in: namespace)
    return false
  }
}
