// Reads the binary form of the log from bytes in pieces of any size. A block is read when all of it
// has come and its checksum is right.

/// A push parser of binary logs.
struct BinaryLogReader {
  /// The decoder of the records, which also holds the names that their numbers stand for.
  var decoder: RecordDecoder

  /// The key of the tables of names.
  let key: HashKey

  /// The bytes that were not read yet, after some that were read.
  var bytes: ContiguousArray<UInt8> = []

  /// The index in `bytes` at which the next block begins.
  var start = 0

  /// The offset of `bytes` in the file.
  var bytesOffset: UInt64 = 0

  /// Whether no more bytes follow.
  var isFinished = false

  /// The checksums of the section up to `start`.
  var chain = BlockChain()

  /// The part of the log that is being read.
  var stage = Stage.outside

  /// Whether a gap was read, and no snapshot since.
  var followsGap = false

  private var snapshotBytes: ContiguousArray<UInt8> = []

  /// Whether the parts of the snapshot are those of the former form.
  private var snapshotIsFormer = false

  /// An item that was read and not returned yet.
  private var following: LogItem?

  /// The parts of a log.
  enum Stage {
    /// Before a section. Can become `first`, `zeros`, `over`.
    case outside

    /// After the header of a section, where a snapshot may follow. Can become all others.
    case first

    /// Between two blocks. Can become all others except `first`.
    case blocks

    /// Within a block of records, whose payload ends at `end`. Can become `blocks`, `over`.
    case records(end: Int, ByteCursor)

    /// Between two parts of a snapshot. Can become `blocks`, `outside`, `suspicious`, `zeros`,
    /// `over`.
    case snapshot

    /// After a gap. Can become `snapshot`, `blocks`, `outside`, `suspicious`, `zeros`, `over`.
    case lost

    /// At a block of this length that is damaged, unless a section begins within it: then the
    /// writer was killed before the block was whole. Can become `outside`, `zeros`, `over`.
    case suspicious(length: Int, reason: String, mayBeZeros: Bool)

    /// At zeros. If they continue to the end, a disk has lost what was written there. Can become
    /// `over`.
    case zeros(LogTear, reason: String)

    /// After the last item.
    case over
  }

  /// The results of a step.
  enum Step {
    /// The next item.
    case item(LogItem)

    /// No item: more bytes are needed, or nothing more is read.
    case nothing

    /// Another stage, in which a step is to be made.
    case again
  }

  init(key: HashKey) {
    self.key = key
    decoder = RecordDecoder(key: key)
  }

  /// Adds the next bytes. Precondition: `next` was called until it returned nil.
  mutating func append(_ piece: Span<UInt8>) {
    bytes.removeFirst(start)
    bytesOffset += UInt64(start)
    start = 0
    bytes.append(piece)
  }

  /// The next item, with at most `limit` records; nil when the next item needs more bytes, or after
  /// the last item when `isFinished`.
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

  /// Reads a block with a right checksum.
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
      return try takeSnapshotPart(payload, isLast: false, isFormer: false)
    case (.snapshotEnd, .first), (.snapshotEnd, .lost), (.snapshotEnd, .snapshot):
      return try takeSnapshotPart(payload, isLast: true, isFormer: false)
    case (.formerSnapshotPart, .first), (.formerSnapshotPart, .lost),
      (.formerSnapshotPart, .snapshot):
      return try takeSnapshotPart(payload, isLast: false, isFormer: true)
    case (.formerSnapshotEnd, .first), (.formerSnapshotEnd, .lost), (.formerSnapshotEnd, .snapshot):
      return try takeSnapshotPart(payload, isLast: true, isFormer: true)
    case (.end, .first), (.end, .blocks), (.end, .lost):
      let item = try decodeEnd(bytes.span.extracting(payload))
      leave(payload, for: .outside)
      return .item(item)
    case (.header, _), (.records, _), (.gap, _), (.snapshotPart, _), (.snapshotEnd, _),
      (.formerSnapshotPart, _), (.formerSnapshotEnd, _), (.end, _), (nil, _):
      throw Malformed("a block is of a kind that cannot be there")
    }
  }

  private mutating func takeSnapshotPart(
    _ payload: Range<Int>, isLast: Bool, isFormer: Bool
  ) throws(Malformed) -> Step {
    guard snapshotBytes.isEmpty || snapshotIsFormer == isFormer else {
      throw Malformed("a block is of a kind that cannot be there")
    }
    snapshotIsFormer = isFormer
    snapshotBytes += bytes[payload]
    guard isLast else {
      leave(payload, for: .snapshot)
      return .again
    }
    let item = try decodeSnapshot()
    leave(payload, for: .blocks)
    return .item(item)
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
    // The tables move out and back, so that they are not copied.
    let numbers = decoder.numbers
    decoder.numbers = DecodedNumbers(key: key)
    var coder = SnapshotDecoder(snapshotBytes, numbers)
    defer { decoder.numbers = coder.numbers }
    if snapshotIsFormer { try coder.decodeFormer() } else { try coder.decode() }
    guard coder.snapshot.meter.now >= decoder.latest else { throw Malformed("time goes back") }
    snapshotBytes = []
    followsGap = false
    decoder.resume(coder.snapshot)
    return .snapshot(coder.snapshot)
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
