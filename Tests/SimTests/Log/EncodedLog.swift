// A random log as a daemon captures it, with names before the events that need them and blocks of
// some records.

import MeterModel

/// The names in the text form of a random log, which are made of numbers.
struct NumberNames: LogNames {
  func number(of connection: ConnectionID) -> UInt64 { UInt64(connection.number) }
  func name(of namespace: NamespaceID) -> [UInt8] { Array("n\(namespace.number)".utf8) }
  func name(of viewer: ViewerID) -> [UInt8] { Array("v\(viewer.number)".utf8) }
  func name(of node: NodeID) -> [UInt8] { Array("p\(node.number)".utf8) }
  func name(of source: SourceID) -> [UInt8] { Array("s\(source.number)".utf8) }
  func name(of service: ServiceID) -> [UInt8] { Array("r\(service.number)".utf8) }

  func reference(to connection: ConnectionKey) -> ConnectionReference {
    .ordinal(connection.ordinal)
  }
}

/// Captures the events that a meter is given.
struct Capture {
  var encoder: LogEncoder
  var meter: Meter
  var effects = EffectBuffer()
  private(set) var file: [UInt8] = []
  private(set) var messages: UInt64 = 0
  private let recordsInBlock: Int
  private var records = 0

  init(_ section: LogSection, recordsInBlock: Int, offset: UInt64 = 0) {
    encoder = LogEncoder(section: section, offset: offset)
    meter = Meter(configuration: section.configuration)
    self.recordsInBlock = recordsInBlock
  }

  /// Applies a record and captures it.
  mutating func take(_ record: LogRecord) {
    meter.apply(record.event, at: record.instant, into: &effects)
    encoder.name(all: record.event)
    switch record.event {
    case .message(let namespace, let message):
      messages += 1
      encoder.append(message, to: namespace, text: "hello".utf8.span, at: record.instant)
    case .retained(let namespace, let service, let message, let length):
      messages += 1
      let text = [UInt8](repeating: UInt8(ascii: "x"), count: Int(length))
      encoder.append(message, to: namespace, keptBy: service, text: text.span, at: record.instant)
    case .opened, .closed, .excluded, .peer, .bye, .external, .cut, .restarted, .pinged, .left,
      .arrived, .moved, .transferred:
      encoder.append(record.event, at: record.instant)
    }
    records += 1
    if records % recordsInBlock == 0 { endBlock() }
  }

  /// Ends the block.
  mutating func endBlock() {
    meter.advance(to: meter.now, into: &effects)
    encoder.endBlock(at: meter.now, digest: effects.digest)
    file += encoder.take()
  }

  /// Writes a snapshot.
  mutating func resume() {
    let snapshot = meter.snapshot
    var texts = KeptTexts()
    for kept in snapshot.kept {
      let text = [UInt8](repeating: UInt8(ascii: "x"), count: Int(kept.bytes))
      texts.keep(text.span, as: kept.message, of: kept.service, in: kept.namespace)
    }
    encoder.resume(
      from: snapshot, texts: texts, names: NumberNames(), messages: messages,
      digest: effects.digest)
    file += encoder.take()
  }

  /// Begins another file with a snapshot.
  mutating func rotate() {
    encoder = LogEncoder(section: LogSection(configuration: meter.configuration), offset: 0)
    file = []
    resume()
  }

  /// Ends the section.
  mutating func end(at instant: Instant) {
    meter.advance(to: instant, into: &effects)
    encoder.end(at: instant, digest: effects.digest)
    file += encoder.take()
  }

  /// The capture of a whole log.
  init(_ log: RandomLog, recordsInBlock: Int, offset: UInt64 = 0) {
    self.init(
      LogSection(configuration: log.configuration, wallStart: 1_700_000_000_000_000_000),
      recordsInBlock: recordsInBlock, offset: offset)
    for record in log.records { take(record) }
    end(at: log.end)
  }
}

extension LogEncoder {
  /// Binds every name that an event needs.
  mutating func name(all event: Event, names: some LogNames = NumberNames()) {
    switch event {
    case .opened(_, let namespace, let viewer, _, _):
      bind(namespace, names)
      if viewer != .none { bind(viewer, names) }
    case .closed, .cut, .restarted: break
    case .pinged(let namespace, let viewer), .left(let namespace, let viewer):
      bind(namespace, names)
      bind(viewer, names)
    case .arrived(_, let node), .moved(_, let node): bind(node, names)
    case .transferred(let namespace, let from, let to):
      bind(namespace, names)
      bind(from, names)
      bind(to, names)
    case .retained(let namespace, let service, _, _):
      bind(namespace, names)
      let name = names.name(of: service)
      self.name(service, name.span)
    case .excluded(let viewer): bind(viewer, names)
    case .message(let namespace, _): bind(namespace, names)
    case .peer(let node, let namespace, _, _):
      bind(node, names)
      bind(namespace, names)
    case .bye(let node): bind(node, names)
    case .external(let source, let namespace, _):
      bind(source, names)
      bind(namespace, names)
    }
  }

  private mutating func bind(_ namespace: NamespaceID, _ names: some LogNames) {
    let name = names.name(of: namespace)
    self.name(namespace, name.span)
  }

  private mutating func bind(_ viewer: ViewerID, _ names: some LogNames) {
    let name = names.name(of: viewer)
    self.name(viewer, name.span)
  }

  private mutating func bind(_ source: SourceID, _ names: some LogNames) {
    let name = names.name(of: source)
    self.name(source, name.span)
  }

  private mutating func bind(_ node: NodeID, _ names: some LogNames) {
    let name = names.name(of: node)
    self.name(node, name.span)
  }
}

/// The items of a log as text, read in pieces of a size. Records are lines.
func transcript(of bytes: [UInt8], pieces: Int = .max, maximumBatch: Int = 1) -> [String] {
  var reader = LogReader()
  reader.maximumBatch = maximumBatch
  var lines: [String] = []
  func drain() {
    while let item = reader.next() {
      switch item {
      case .records:
        for record in reader.records {
          var writer = LogTextWriter()
          writer.write(reader.textEvent(record.event), at: record.instant)
          lines.append(String(decoding: writer.bytes, as: UTF8.self))
        }
      case .section, .checkpoint, .gap, .snapshot, .end, .torn, .damage: lines.append("\(item)")
      }
    }
  }
  var rest = bytes[...]
  while !rest.isEmpty {
    let piece = rest.prefix(pieces)
    reader.append(piece.span)
    rest = rest.dropFirst(piece.count)
    drain()
  }
  reader.finish()
  drain()
  return lines
}
