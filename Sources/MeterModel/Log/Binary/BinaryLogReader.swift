// Reads the binary form of the log from bytes in pieces of any size. A block is looked at when all of it is
// there, and believed when its checksum is right.

/// A push parser of binary logs.
struct BinaryLogReader {
  /// Decodes records, and knows what their numbers mean.
  var decoder: RecordDecoder

  let key: HashKey
  var bytes: ContiguousArray<UInt8> = []

  /// Where in `bytes` the next block begins, and where in the file `bytes` does.
  var start = 0
  var bytesOffset: UInt64 = 0
  var isFinished = false

  var chain = BlockChain()
  var stage = Stage.outside
  var followsGap = false
  private var snapshotBytes: ContiguousArray<UInt8> = []

  /// What comes before anything else is looked at.
  private var following: LogItem?

  /// Where in the log the reader is.
  enum Stage {
    /// Before a section. Can become `first`, `zeros`, `over`.
    case outside

    /// A section's header was read, and a snapshot may follow. Can become all others.
    case first

    /// Between two blocks. Can become all others but `first`.
    case blocks

    /// Within a block of records, whose payload ends at `end`. Can become `blocks`, `over`.
    case records(end: Int, ByteCursor)

    /// Between two parts of a snapshot. Can become `blocks`, `outside`, `suspicious`, `zeros`, `over`.
    case snapshot

    /// After a gap. Can become `snapshot`, `blocks`, `outside`, `suspicious`, `zeros`, `over`.
    case lost

    /// The block that should be this long is wrong, unless a section begins within it: then its writer was
    /// killed before it was whole. Can become `outside`, `zeros`, `over`.
    case suspicious(length: Int, reason: String, mayBeZeros: Bool)

    /// Nothing but zeros should follow; if so, a disk lost what stood there. Can become `over`.
    case zeros(LogTear, reason: String)

    /// Nothing more is read.
    case over
  }

  /// What a step led to.
  enum Step {
    case item(LogItem)

    /// Nothing before there are more bytes.
    case nothing

    /// Another stage.
    case again
  }

  init(key: HashKey) {
    self.key = key
    decoder = RecordDecoder(key: key)
  }

  /// Takes in the next bytes. Precondition: `next` was asked until it gave nothing.
  mutating func append(_ piece: Span<UInt8>) {
    bytes.removeFirst(start)
    bytesOffset += UInt64(start)
    start = 0
    bytes.append(piece)
  }

  /// The next item; nil when there is none before more bytes, or none at all when `isFinished`.
  mutating func next(limit: Int) -> LogItem? {
    if let item = following {
      following = nil
      return item
    }
    while true {
      switch step(limit: limit) {
      case .item(let item): return item
      case .nothing: return nil
      case .again: continue
      }
    }
  }

  private mutating func step(limit: Int) -> Step {
    switch stage {
    case .over: return .nothing
    case .records(let end, let cursor): return .item(nextRecords(end, cursor, limit: limit))
    case .suspicious(let length, let reason, let mayBeZeros):
      return settle(length: length, reason, mayBeZeros: mayBeZeros)
    case .zeros(let tear, let reason): return skipZeros(tear, reason)
    case .outside, .first, .blocks, .snapshot, .lost:
      guard start < bytes.count else { return isFinished ? finish() : .nothing }
      switch bytes[start] {
      case LogFormat.magic[0]: return nextSection()
      case 0:
        stage = .zeros(LogTear(offset: offset, bytes: 0), reason: "no block begins with a zero")
        return .again
      default: return nextBlock()
      }
    }
  }

  private mutating func nextRecords(_ end: Int, _ start: ByteCursor, limit: Int) -> LogItem {
    var cursor = start
    let item: LogItem
    do throws(Malformed) {
      switch try decoder.decode(bytes, end: end, &cursor, limit: limit) {
      case .batch:
        stage = .records(end: end, cursor)
        return .records
      case .checkpoint(let digest):
        stage = .blocks
        self.start = end + LogFormat.checksumLength
        item = .checkpoint(decoder.latest, digest)
      }
    } catch {
      self.start = cursor.position
      item = damaged("\(error.reason)")
    }
    if decoder.records.isEmpty { return item }
    following = item
    return .records
  }
}

// MARK: - Blocks

extension BinaryLogReader {
  private mutating func nextBlock() -> Step {
    if case .outside = stage {
      return .item(damaged("neither a section nor the end of the log"))
    }
    let payloadStart = start + LogFormat.headLength
    guard payloadStart <= bytes.count else { return incomplete() }
    let head = bytes.span.word(at: start)
    let kind = UInt8(truncatingIfNeeded: head)
    let length = Int(head >> 8 & 0xFF_FFFF)
    guard chain.head(kind, length: length) == head else {
      return suspect(length: LogFormat.headLength, "the head of a block is damaged")
    }
    let payloadEnd = payloadStart + length
    let end = payloadEnd + LogFormat.checksumLength
    guard end <= bytes.count else { return incomplete() }
    let payload = payloadStart..<payloadEnd
    var sealed = chain
    let checksum = bytes.span.word(at: payloadEnd)
    guard sealed.seal(head: head, bytes, payload) == checksum else {
      return suspect(
        length: end - start, "the checksum of a block is wrong", mayBeZeros: checksum == 0)
    }
    chain = sealed
    do throws(Malformed) {
      return try take(kind, payload)
    } catch {
      return .item(damaged("\(error.reason)"))
    }
  }

  /// Takes a block that is what its writer wrote.
  private mutating func take(_ kind: UInt8, _ payload: Range<Int>) throws(Malformed) -> Step {
    switch (BlockKind(rawValue: kind), stage) {
    case (.records, .first), (.records, .blocks):
      var cursor = ByteCursor()
      cursor.position = payload.lowerBound
      stage = .records(end: payload.upperBound, cursor)
      return .again
    case (.gap, .first), (.gap, .blocks):
      let gap = try decodeGap(bytes.span.extracting(payload))
      leave(payload, for: .lost)
      followsGap = true
      return .item(.gap(gap))
    case (.snapshotPart, .first), (.snapshotPart, .lost), (.snapshotPart, .snapshot):
      snapshotBytes += bytes[payload]
      leave(payload, for: .snapshot)
      return .again
    case (.snapshotEnd, .first), (.snapshotEnd, .lost), (.snapshotEnd, .snapshot):
      snapshotBytes += bytes[payload]
      let item = try decodeSnapshot()
      leave(payload, for: .blocks)
      return .item(item)
    case (.end, .first), (.end, .blocks), (.end, .lost):
      let item = try decodeEnd(bytes.span.extracting(payload))
      leave(payload, for: .outside)
      return .item(item)
    case (.header, _), (.records, _), (.gap, _), (.snapshotPart, _), (.snapshotEnd, _),
      (.end, _), (nil, _):
      throw Malformed("a block is of a kind that cannot be there")
    }
  }

  private mutating func leave(_ payload: Range<Int>, for stage: Stage) {
    self.stage = stage
    start = payload.upperBound + LogFormat.checksumLength
  }

  private func decodeGap(_ payload: Span<UInt8>) throws(Malformed) -> LogGap {
    var cursor = ByteCursor()
    let gap = LogGap(
      records: try cursor.number(payload),
      since: Instant(nanoseconds: try cursor.number(payload)))
    guard cursor.position == payload.count, (decoder.latest ... .latest).contains(gap.since)
    else { throw Malformed("a gap is impossible") }
    return gap
  }

  private mutating func decodeSnapshot() throws(Malformed) -> LogItem {
    var snapshot = SnapshotDecoder()
    try snapshot.decode(snapshotBytes, &decoder.numbers)
    guard snapshot.snapshot.now >= decoder.latest else { throw Malformed("time goes back") }
    snapshotBytes = []
    followsGap = false
    decoder.resume(snapshot.snapshot, messages: snapshot.messages)
    return .snapshot(snapshot.snapshot, snapshot.digest)
  }

  private func decodeEnd(_ payload: Span<UInt8>) throws(Malformed) -> LogItem {
    var cursor = ByteCursor()
    let instant = Instant(nanoseconds: try cursor.number(payload))
    let digest = Digest(resuming: try cursor.word(payload))
    guard cursor.position == payload.count, (decoder.latest ... .latest).contains(instant)
    else { throw Malformed("an end is impossible") }
    return .end(instant, followsGap ? nil : digest)
  }
}
