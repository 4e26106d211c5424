// The fuzz target log-reader: any bytes have the same items in any pieces and batches, and what was
// read can be written and read again. It is compiled together with the model's sources by .ci/fuzz.

/// The entry point for libFuzzer. The first byte is the seed of the split. With its highest bit the
/// rest are the blocks of a log without checksums, which are then added, since a fuzzer cannot
/// guess one. With the next bit too the first of these blocks is the header.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let rest = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  let bytes = start[0] & 0x80 == 0 ? rest : sealed(rest, hasHeader: start[0] & 0x40 != 0)
  LogFuzzer(bytes: bytes, seed: start[0] & 0x7F).run()
  return 0
}

/// A section of blocks, each given as its kind, its length in two bytes, and its payload. The
/// header is one with an increment delay and a limit of namespaces, unless the blocks have their
/// own.
private func sealed(_ blocks: [UInt8], hasHeader: Bool) -> [UInt8] {
  var configuration = Configuration()
  configuration.incrementDelay = .seconds(1)
  configuration.maximumNamespaces = 100
  var log = ContiguousArray(LogFormat.magic)
  var chain = BlockChain()
  func add(_ kind: UInt8, _ payload: ContiguousArray<UInt8>) {
    let head = chain.head(kind, length: payload.count)
    log.append(word: head)
    log += payload
    log.append(word: chain.seal(head: head, payload, 0..<payload.count))
  }
  if !hasHeader {
    add(1, LogSection(configuration: configuration, wallStart: 1).encoded(offset: 0))
  }
  var rest = blocks[...]
  while rest.count >= 3 {
    let head = Array(rest.prefix(3))
    let payload = rest.dropFirst(3).prefix(Int(head[1]) | Int(head[2]) << 8)
    add(head[0], ContiguousArray(payload))
    rest = rest.dropFirst(3 + payload.count)
  }
  return Array(log)
}

private struct LogFuzzer {
  let bytes: [UInt8]
  let seed: UInt8

  func run() {
    let whole = transcript(batch: 1) { _ in .max }
    var state = UInt64(seed)
    let pieces = transcript(batch: 1) { left in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return 1 + Int(state >> 60) * (left / 64 + 1)
    }
    guard whole.lines == pieces.lines else {
      fatalError("split \(seed): \(pieces.lines) is not \(whole.lines)")
    }
    guard !whole.lasts else { return }
    let batches = replayed(.batches)
    for detail in [Replay.Detail.records, .instants] {
      let figures = replayed(detail)
      guard figures == batches else { fatalError("\(detail): \(figures) is not \(batches)") }
    }
    checkText(batches, isDamaged: whole.isDamaged)
    guard let again = whole.again else { return }
    let copy = LogFuzzer(bytes: again.bytes, seed: 0)
    let replayed = copy.replayed(.batches)
    guard batches.sections > 1 || replayed.digest == batches.digest else { fatalError("digest") }
    guard bytes.first == LogFormat.magic[0] else { return }
    let second = copy.transcript(batch: 1) { _ in .max }
    let records = second.lines.filter { $0.hasSuffix("\n") }
    guard records == again.records else { fatalError("\(records) is not \(again.records)") }
  }

  private struct Transcript {
    var lines: [String] = []

    /// Whether the log lasts so long that its notifications would take too much time.
    var lasts = false

    /// Whether the log cannot be read to its end.
    var isDamaged = false

    /// The records of the first section, also encoded again; nil if it has other items too.
    var again: (records: [String], bytes: [UInt8])?
  }

  private func transcript(batch: Int, next: (Int) -> Int) -> Transcript {
    var transcript = Transcript()
    var reader = LogReader()
    reader.maximumBatch = batch
    var encoder: LogEncoder?
    var records: [String] = []
    var delay = UInt64.max
    func drain() {
      while let item = reader.next() {
        switch item {
        case .records:
          for record in reader.records {
            if record.instant.nanoseconds / delay > 1000 { transcript.lasts = true }
            var writer = LogTextWriter()
            writer.write(reader.textEvent(record.event), at: record.instant)
            transcript.lines.append(String(decoding: writer.bytes, as: UTF8.self))
            encoder?.append(again: record, reader)
            records += encoder == nil ? [] : transcript.lines.suffix(1)
          }
        case .section(let section):
          delay = section.configuration.notifyMaxDelay.nanoseconds
          transcript.lines.append("\(item)")
          if transcript.lines.count == 1 { encoder = LogEncoder(section: section, offset: 0) }
        case .end(let instant, _):
          if instant.nanoseconds / delay > 1000 { transcript.lasts = true }
          transcript.lines.append("\(item)")
          if var done = encoder {
            done.end(at: instant, digest: Digest())
            transcript.again = (records, Array(done.take()))
          }
          encoder = nil
        case .checkpoint(let instant, _):
          if instant.nanoseconds / delay > 1000 { transcript.lasts = true }
          transcript.lines.append("\(item)")
        case .gap, .snapshot, .torn, .damage:
          if case .damage = item { transcript.isDamaged = true }
          transcript.lines.append("\(item)")
          encoder = nil
        }
      }
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(next(rest.count)))
      reader.append(piece.span)
      rest = rest.dropFirst(piece.count)
      drain()
    }
    reader.finish()
    drain()
    return transcript
  }

  /// The text form has the same figures, and is its own text form.
  private func checkText(_ figures: ReplayFigures, isDamaged: Bool) {
    let text = LogFuzzer(bytes: textForm, seed: 0)
    // Damage before the first section has no text, and a text without lines is an empty log.
    if text.bytes.isEmpty { return }
    guard text.textForm == text.bytes else {
      fatalError(String(decoding: text.bytes + text.textForm, as: UTF8.self))
    }
    if isDamaged || stopsEarly { return }
    var (expected, found) = (figures, text.replayed(.batches))
    (expected.verified, found.verified) = (nil, nil)
    guard found == expected else { fatalError("\(found) is not \(expected)") }
  }

  /// Whether the replay stops at a state that cannot be.
  private var stopsEarly: Bool {
    var replay = Replay()
    replay.append(bytes.span)
    replay.finish()
    while let step = replay.next() {
      if case .damage = step { return true }
    }
    return false
  }

  private var textForm: [UInt8] {
    var reader = LogReader()
    reader.maximumBatch = 1
    var transcript = LogTranscript()
    reader.append(bytes.span)
    while let item = reader.next() { transcript.write(item, of: reader) }
    reader.finish()
    while let item = reader.next() { transcript.write(item, of: reader) }
    return transcript.bytes
  }

  private func replayed(_ detail: Replay.Detail) -> ReplayFigures {
    var replay = Replay(detail: detail)
    replay.append(bytes.span)
    while replay.next() != nil {}
    replay.finish()
    while replay.next() != nil {}
    replay.meter.audit()
    return replay.figures
  }
}

extension LogEncoder {
  fileprivate mutating func append(again record: LogRecord, _ reader: LogReader) {
    func named(_ id: NamespaceID) { let name = reader.name(of: id); self.name(id, name.span) }
    func named(_ id: ViewerID) { let name = reader.name(of: id); self.name(id, name.span) }
    func named(_ id: NodeID) { let name = reader.name(of: id); self.name(id, name.span) }
    func named(_ id: SourceID) { let name = reader.name(of: id); self.name(id, name.span) }
    switch record.event {
    case .opened(_, let namespace, let viewer, _, _):
      named(namespace)
      if viewer != .none { named(viewer) }
    case .closed, .cut, .restarted: break
    case .pinged(let namespace, let viewer), .left(let namespace, let viewer):
      named(namespace)
      named(viewer)
    case .arrived(_, let node), .moved(_, let node): named(node)
    case .transferred(let namespace, let from, let to):
      named(namespace)
      named(from)
      named(to)
    case .retained(let namespace, let service, let message, _):
      named(namespace)
      let name = reader.name(of: service)
      self.name(service, name.span)
      let text = reader.messageText
      append(message, to: namespace, keptBy: service, text: text.span, at: record.instant)
      return
    case .excluded(let viewer): named(viewer)
    case .peer(let node, let namespace, _, _):
      named(node)
      named(namespace)
    case .bye(let node): named(node)
    case .external(let source, let namespace, _):
      named(source)
      named(namespace)
    case .message(let namespace, let message):
      named(namespace)
      let text = reader.messageText
      append(message, to: namespace, text: text.span, at: record.instant)
      return
    }
    append(record.event, at: record.instant)
  }
}
