// Writes the binary form of the log (§7; docs/LOG-FORMAT.md). It is on the hot path of the daemon:
// a record costs some nanoseconds and no allocation. The caller decides what to do about a slow
// disk.
//
//   var encoder = LogEncoder(section: section, offset: sizeOfFile)
//   encoder.name(namespace, bytes)                  before the first event with this namespace
//   encoder.append(event, at: instant)
//   if encoder.isFull { encoder.endBlock(at: now, digest: effects.digest) }
//   file.write(encoder.take())                      whole blocks only

/// Encodes one section of a log.
package struct LogEncoder {
  /// The instant of the first record of the open block; nil when no block is open.
  package private(set) var openSince: Instant?

  /// The number of records that were lost since the last block, because the caller discarded it.
  package internal(set) var lost: UInt64 = 0

  /// The instant of the first record that was lost; nil while records are written.
  package private(set) var lostSince: Instant?

  var bytes: ContiguousArray<UInt8> = []
  private var chain = BlockChain()

  /// The index in `bytes` at which the open block begins.
  private var blockStart = 0
  var recordsInBlock: UInt64 = 0

  /// Whether the section has only its header.
  private var isEmpty = true

  var latest = Instant.start
  var latestOrdinal = ConnectionOrdinal.none
  var messages: UInt64 = 0

  var namespaces = EncodedNames()
  var viewers = EncodedNames()
  var nodes = EncodedNames()
  var sources = EncodedNames()
  var services = EncodedNames()
  var connections = EncodedConnections()

  /// Begins a section at `offset` bytes from the beginning of its file. `take` then returns the
  /// magic and the header.
  package init(section: LogSection, offset: UInt64) {
    for byte in LogFormat.magic { bytes.append(byte) }
    write(.header, section.encoded(offset: offset).span)
    isEmpty = true
  }

  /// Whether the open block has the length at which it should be ended.
  package var isFull: Bool {
    openSince != nil && bytes.count - blockStart >= LogFormat.targetBlockLength
  }

  /// The number of bytes that `take` would return.
  package var finishedBytes: Int { openSince == nil ? bytes.count : blockStart }

  /// Returns the whole blocks and removes them from the encoder, which uses the storage of
  /// `recycled` from then on.
  package mutating func take(
    recycling recycled: consuming ContiguousArray<UInt8> = []
  ) -> ContiguousArray<UInt8> {
    recycled.removeAll(keepingCapacity: true)
    if openSince != nil {
      recycled.append(bytes.span.extracting(blockStart..<bytes.count))
      bytes.removeLast(bytes.count - blockStart)
    }
    blockStart = 0
    swap(&bytes, &recycled)
    return recycled
  }

  /// Ends the open block, if there is one, with a checkpoint. `digest` is the digest of all effects
  /// so far. Precondition: all deadlines up to and including `instant` have fired, also those that
  /// the latest event set.
  package mutating func endBlock(at instant: Instant, digest: Digest) {
    guard openSince != nil else { return }
    begin(.checkpoint, at: instant)
    bytes.append(word: digest.value)
    seal(.records)
  }

  /// Discards the open block, because the disk is too slow. All records that follow are lost until
  /// `resume`.
  package mutating func discardBlock(at instant: Instant) {
    if lostSince == nil { lostSince = openSince ?? instant }
    lost += recordsInBlock
    bytes.removeLast(openSince == nil ? 0 : bytes.count - blockStart)
    closeBlock()
  }

  /// Ends the section. After a loss the digest has no meaning and is not compared.
  package mutating func end(at instant: Instant, digest: Digest) {
    endBlock(at: instant, digest: digest)
    if lostSince != nil { writeGap() }
    var payload: ContiguousArray<UInt8> = []
    payload.append(number: instant.nanoseconds)
    payload.append(word: digest.value)
    write(.end, payload.span)
  }

  /// Writes a snapshot, after a loss or at the beginning of a file in the middle of a run. After a
  /// loss the gap is written too. Preconditions: nothing was written since the loss or the header,
  /// the deadlines of the instant of the snapshot have fired, and the texts of its kept messages
  /// are among `texts`.
  package mutating func resume(
    from snapshot: MeterSnapshot, texts: KeptTexts = KeptTexts(), names: some LogNames,
    messages: UInt64, digest: Digest
  ) {
    invariant(lostSince != nil || isEmpty, "a snapshot in the middle of a section")
    if lostSince != nil { writeGap() }
    var coder = SnapshotEncoder(names: names)
    var whole = LogSnapshot()
    (whole.meter, whole.messages, whole.digest) = (snapshot, messages, digest)
    for kept in snapshot.kept {
      guard let text = texts.text(of: kept.message, in: kept.namespace) else {
        fatalError("the text of a kept message is not known")
      }
      whole.texts.append(text.text)
    }
    let payload = coder.encode(whole)
    (namespaces, viewers, nodes) = (coder.namespaces, coder.viewers, coder.nodes)
    (sources, services, connections) = (coder.sources, coder.services, coder.connections)
    var start = 0
    while payload.count - start > LogFormat.targetBlockLength {
      let end = start + LogFormat.targetBlockLength
      write(.snapshotPart, payload.span.extracting(start..<end))
      start = end
    }
    write(.snapshotEnd, payload.span.extracting(start..<payload.count))
    latest = snapshot.now
    latestOrdinal = snapshot.lastOrdinal
    self.messages = messages
  }
}

// MARK: - Blocks

extension LogEncoder {
  /// Opens a block. Precondition: no block is open.
  mutating func openBlock(at instant: Instant) {
    openSince = instant
    blockStart = bytes.count
    isEmpty = false
    bytes.append(word: 0)
  }

  private mutating func closeBlock() {
    openSince = nil
    recordsInBlock = 0
  }

  /// Ends the open block.
  private mutating func seal(_ kind: BlockKind) {
    let start = blockStart + LogFormat.headLength
    let length = bytes.count - start
    invariant(length <= LogFormat.maximumPayloadLength, "a block of \(length) bytes was not ended")
    let head = chain.head(kind.rawValue, length: length)
    bytes.replace(at: blockStart, withWord: head)
    let checksum = chain.seal(head: head, bytes, start..<bytes.count)
    bytes.append(word: checksum)
    closeBlock()
  }

  /// Writes a whole block. Precondition: no block is open.
  private mutating func write(_ kind: BlockKind, _ payload: Span<UInt8>) {
    openBlock(at: latest)
    bytes.append(payload)
    seal(kind)
  }

  private mutating func writeGap() {
    var payload: ContiguousArray<UInt8> = []
    payload.append(number: lost)
    payload.append(number: (lostSince ?? latest).nanoseconds)
    (lost, lostSince) = (0, nil)
    write(.gap, payload.span)
  }
}
