// The beginnings of sections, and where sections stop: at their end, in the middle, or at damage.

extension BinaryLogReader {
  /// The offset of the next block in the file, in bytes.
  var offset: UInt64 { bytesOffset + UInt64(start) }

  private var left: Int { bytes.count - start }

  /// The result of reading at a place where a section may begin.
  private enum Beginning {
    /// More bytes are needed.
    case incomplete

    /// No valid section begins there, for this reason.
    case wrong(String)

    /// A section, the offset in its header, the index in `bytes` at which the next block begins,
    /// and the checksums so far.
    case whole(LogSection, offset: UInt64, end: Int, BlockChain)
  }

  /// Reads the beginning of a section.
  mutating func nextSection() -> Step {
    switch beginning(at: start) {
    case .incomplete: return incomplete()
    case .wrong(let reason): return suspect(length: LogFormat.maximumBeginningLength, reason)
    case .whole(let section, _, let end, let chain):
      guard case .outside = stage else {
        stage = .outside
        return .item(.torn(LogTear(offset: offset, bytes: 0)))
      }
      decoder = RecordDecoder(key: key)
      self.chain = chain
      followsGap = false
      start = end
      stage = .first
      return .item(.section(section))
    }
  }

  private func beginning(at place: Int) -> Beginning {
    for (index, byte) in LogFormat.magic.enumerated() {
      guard place + index < bytes.count else { return .incomplete }
      guard bytes[place + index] == byte else { return .wrong("no section begins there") }
    }
    let headStart = place + LogFormat.magic.count
    let payloadStart = headStart + LogFormat.headLength
    guard payloadStart <= bytes.count else { return .incomplete }
    var chain = BlockChain()
    let head = bytes.span.word(at: headStart)
    let length = Int(head >> 8 & 0xFF_FFFF)
    guard chain.head(BlockKind.header.rawValue, length: length) == head else {
      return .wrong("the head of a section's header is damaged")
    }
    guard length <= LogFormat.maximumHeaderLength else {
      return .wrong("the header is longer than \(LogFormat.maximumHeaderLength) bytes")
    }
    let payloadEnd = payloadStart + length
    let end = payloadEnd + LogFormat.checksumLength
    guard end <= bytes.count else { return .incomplete }
    let payload = payloadStart..<payloadEnd
    guard chain.seal(head: head, bytes, payload) == bytes.span.word(at: payloadEnd) else {
      return .wrong("the checksum of a section's header is wrong")
    }
    do throws(HeaderError) {
      let (section, offset) = try LogSection.decode(bytes.span.extracting(payload))
      return .whole(section, offset: offset, end: end, chain)
    } catch {
      return .wrong(error.reason)
    }
  }

  /// A step at a block that needs more bytes.
  mutating func incomplete() -> Step {
    guard isFinished else { return .nothing }
    return .item(resumed(before: bytes.count) ?? torn(left))
  }

  /// A step at the end of the log between two blocks.
  mutating func finish() -> Step {
    if case .outside = stage {
      stage = .over
      return .nothing
    }
    return .item(torn(0))
  }

  /// A step at a block that is damaged or was cut.
  mutating func suspect(length: Int, _ reason: String, mayBeZeros: Bool = false) -> Step {
    stage = .suspicious(length: length, reason: reason, mayBeZeros: mayBeZeros)
    return .again
  }

  /// Decides whether a block was cut or is damaged, when enough bytes have come.
  mutating func settle(length: Int, _ reason: String, mayBeZeros: Bool) -> Step {
    guard isFinished || left >= length + LogFormat.maximumBeginningLength else { return .nothing }
    if let item = resumed(before: min(start + length, bytes.count)) { return .item(item) }
    guard mayBeZeros else { return .item(damaged(reason)) }
    let tear = LogTear(offset: offset, bytes: UInt64(length))
    start += length
    stage = .zeros(tear, reason: reason)
    return .again
  }

  /// A tear, if a section begins after `start` and before `end` whose header has just that offset.
  private mutating func resumed(before end: Int) -> LogItem? {
    for place in start + 1..<max(end, start + 1) where bytes[place] == LogFormat.magic[0] {
      guard case .whole(_, let offset, _, _) = beginning(at: place),
        offset == bytesOffset + UInt64(place)
      else { continue }
      let tear = LogTear(offset: self.offset, bytes: UInt64(place - start))
      start = place
      stage = .outside
      return .torn(tear)
    }
    return nil
  }

  /// Reads zeros: a tear if they continue to the end, else damage.
  mutating func skipZeros(_ tear: LogTear, _ reason: String) -> Step {
    while start < bytes.count, bytes[start] == 0 { start += 1 }
    if start == bytes.count {
      guard isFinished else { return .nothing }
      stage = .over
      let length = max(tear.bytes, offset - tear.offset)
      return .item(.torn(LogTear(offset: tear.offset, bytes: length)))
    }
    return .item(damaged(reason, at: tear.offset))
  }

  /// The tear that ends the log, with the number of bytes that are not whole.
  mutating func torn(_ length: Int) -> LogItem {
    stage = .over
    return .torn(LogTear(offset: offset, bytes: UInt64(length)))
  }

  /// The damage that ends the log, at `start` or another offset in the file.
  mutating func damaged(_ reason: String, at place: UInt64? = nil) -> LogItem {
    stage = .over
    return .damage(LogDamage(place: "byte \(place ?? offset)", reason: reason))
  }
}
