// Writes the binary form of the log (§7; docs/LOG-FORMAT.md). It is on the daemon's hot path: a record costs
// some nanoseconds and no allocation, and what is to be done about a slow disk is the caller's decision.
//
//   var encoder = LogEncoder(section: section, offset: sizeOfFile)
//   encoder.name(namespace, bytes)                  before an event that names it; once is enough
//   encoder.append(event, at: instant)
//   if encoder.isFull { encoder.endBlock(at: now, digest: effects.digest) }
//   file.write(encoder.take())                      whole blocks only

/// Encodes one section of a log.
package struct LogEncoder {
  /// When the first record of the block that is being written happened; nil when none was begun.
  package private(set) var openSince: Instant?

  /// How many records were lost since the last block, because the caller discarded them.
  package internal(set) var lost: UInt64 = 0

  /// Since when records are being lost; nil while none are.
  package private(set) var lostSince: Instant?

  var bytes: ContiguousArray<UInt8> = []
  private var chain = BlockChain()

  /// Where in `bytes` the block that is being written begins.
  private var blockStart = 0
  var recordsInBlock: UInt64 = 0

  /// Whether there is nothing but the header.
  private var isEmpty = true

  var latest = Instant.start
  var latestOrdinal = ConnectionOrdinal.none
  var messages: UInt64 = 0

  var namespaces = EncodedNames()
  var viewers = EncodedNames()
  var nodes = EncodedNames()
  var connections = EncodedConnections()

  /// Begins a section at `offset` bytes from the beginning of its file: magic and header are to be taken
  /// at once.
  package init(section: LogSection, offset: UInt64) {
    for byte in LogFormat.magic { bytes.append(byte) }
    write(.header, section.encoded(offset: offset).span)
    isEmpty = true
  }

  /// Whether the block that is being written has reached the size at which it should be ended.
  package var isFull: Bool {
    openSince != nil && bytes.count - blockStart >= LogFormat.fullPayload
  }

  /// How many bytes `take` would give.
  package var finishedBytes: Int { openSince == nil ? bytes.count : blockStart }

  /// Gives the blocks that are whole. What it returns is the caller's; `recycled`, emptied, takes its place.
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

  /// Ends the block that is being written with a checkpoint; nothing happens when none was begun. `digest` is
  /// that of all effects so far. Precondition: all deadlines up to and including `instant` have fired, those
  /// that the latest event set too.
  package mutating func endBlock(at instant: Instant, digest: Digest) {
    guard openSince != nil else { return }
    begin(.checkpoint, at: instant)
    bytes.append(word: digest.value)
    seal(.records)
  }

  /// Throws the block that is being written away, as the disk does not keep up, and loses all that follows
  /// until `resume`.
  package mutating func discardBlock(at instant: Instant) {
    if lostSince == nil { lostSince = openSince ?? instant }
    lost += recordsInBlock
    bytes.removeLast(openSince == nil ? 0 : bytes.count - blockStart)
    closeBlock()
  }

  /// Ends the section. After a loss its digest says nothing, and is not compared.
  package mutating func end(at instant: Instant, digest: Digest) {
    endBlock(at: instant, digest: digest)
    if lostSince != nil { writeGap() }
    var payload: ContiguousArray<UInt8> = []
    payload.append(number: instant.nanoseconds)
    payload.append(word: digest.value)
    write(.end, payload.span)
  }

  /// Goes on after a loss, or begins a file in the middle of a run: what was lost, and what there is now.
  /// Precondition: one of the two, so nothing else was written since. The deadlines of `now` have fired.
  package mutating func resume(
    from snapshot: MeterSnapshot, names: some LogNames, messages: UInt64, digest: Digest
  ) {
    invariant(lostSince != nil || isEmpty, "a snapshot in the middle of a section")
    if lostSince != nil { writeGap() }
    var coder = SnapshotEncoder(names: names)
    let payload = coder.encode(snapshot, messages: messages, digest: digest)
    (namespaces, viewers, nodes) = (coder.namespaces, coder.viewers, coder.nodes)
    connections = coder.connections
    var start = 0
    while payload.count - start > LogFormat.fullPayload {
      let end = start + LogFormat.fullPayload
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

  /// Ends the block that is being written.
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

  /// Writes a whole block. Precondition: none is being written.
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
