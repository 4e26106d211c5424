// The decoder of datagrams: one pass that checks every count, length and order of keys.

/// The state of decoding one datagram.
struct DatagramDecoder {
  /// The maximum number of keys, at least twice what a node sends. It bounds the search for
  /// duplicate keys.
  static let keysLimit = 64

  var reader = MessagePackReader()
  private var seen: UInt32 = 0

  /// The names of the unknown keys.
  private var others: ContiguousArray<ByteRange> = []
  private var session: SessionID?
  private var hasCounts = false
  private var ages: ContiguousArray<UInt64>?

  /// The values read so far. The session is set at the end.
  var datagram: ClusterDatagram

  private init() {
    datagram = ClusterDatagram(session: .none)
  }

  static func decode(_ bytes: Span<UInt8>) throws(DatagramFault) -> ClusterDatagram {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= ClusterDatagram.lengthLimit else { throw .tooLarge }
    var decoder = DatagramDecoder()
    guard case .map(let count) = try decoder.reader.next(bytes) else { throw .notAMap }
    guard count <= keysLimit else { throw .tooManyKeys }
    for _ in 0..<count { try decoder.readKey(bytes) }
    guard decoder.reader.position == bytes.count else { throw .trailingBytes }
    guard let session = decoder.session else { throw .noSession }
    guard decoder.hasCounts else { throw .badCounts }
    try decoder.dateMessages()
    decoder.datagram.session = session
    return decoder.datagram
  }

  /// Reads a key and its value.
  private mutating func readKey(_ bytes: Span<UInt8>) throws(DatagramFault) {
    // The code covers everything before it, so nothing may follow it.
    guard datagram.macStart == nil else { throw .badKey }
    guard case .raw(let name) = try reader.next(bytes) else { throw .badKey }
    guard let key = DatagramKey(bytes.extracting(name)) else {
      try rememberOther(name, bytes)
      return try reader.skip(bytes, depth: 1)
    }
    guard seen & key.bit == 0 else { throw .duplicateKey }
    seen |= key.bit
    switch key {
    case .session: try readSession(bytes)
    case .counts: try readCounts(bytes)
    case .sequence: datagram.sequence = try number(bytes, from: 1)
    case .round: datagram.round = try number(bytes, from: 1)
    case .wall: datagram.wall = try number(bytes, from: 0)
    case .ask: try readAsk(bytes)
    case .goodbye: datagram.isGoodbye = try truth(bytes)
    case .full: datagram.isFull = try truth(bytes)
    case .messages: try readMessages(bytes)
    case .ages: try readAges(bytes)
    case .exclusions: try readExclusions(bytes)
    case .held: try readHeld(bytes)
    case .texts: try readTexts(bytes)
    case .kept: try readKept(bytes)
    case .wanted: try readWanted(bytes)
    case .code: datagram.macStart = try text(bytes, of: 32...32).lowerBound
    }
    // Legacy nodes skip a bad count too. A node of this program sends none.
    if !isOfLegacyNode, let fault = datagram.skipped.first { throw fault }
  }

  /// Whether the datagram has no key so far that legacy nodes do not send.
  private var isOfLegacyNode: Bool {
    seen & ~(DatagramKey.session.bit | DatagramKey.counts.bit) == 0
  }

  private mutating func rememberOther(
    _ name: Range<Int>, _ bytes: Span<UInt8>
  ) throws(DatagramFault) {
    for other in others where other.bounds.count == name.count {
      guard !bytes.equals(other.bounds, name) else { throw .duplicateKey }
    }
    others.append(ByteRange(name))
  }

  private mutating func readSession(_ bytes: Span<UInt8>) throws(DatagramFault) {
    guard case .raw(let range) = try reader.next(bytes),
      let session = SessionID(bytes.extracting(range))
    else { throw .noSession }
    self.session = session
  }

  private mutating func readCounts(_ bytes: Span<UInt8>) throws(DatagramFault) {
    guard case .array(let count) = try reader.next(bytes), count % 3 == 0 else { throw .badCounts }
    hasCounts = true
    // Each count takes at least four bytes, so the number of bytes bounds the capacity.
    datagram.counts.reserveCapacity(min(count / 3, (bytes.count - reader.position) / 4))
    for _ in 0..<count / 3 { try readCount(bytes) }
  }

  /// Reads a name, a number of members and a number of connections, or skips all three.
  @inline(__always)
  private mutating func readCount(_ bytes: Span<UInt8>) throws(DatagramFault) {
    let start = reader
    guard case .raw(let name) = try reader.next(bytes), (1...255).contains(name.count),
      bytes.extracting(name).isVisibleASCII
    else { return try skipCount(from: start, .badName, bytes) }
    guard case .natural(let members) = try reader.next(bytes),
      members <= ClusterDatagram.maximumNumber,
      case .natural(let connections) = try reader.next(bytes),
      connections <= ClusterDatagram.maximumNumber
    else { return try skipCount(from: start, .badNumber, bytes) }
    datagram.counts.append(
      ClusterDatagram.Count(name: ByteRange(name), members: members, connections: connections))
  }

  /// Skips a count that begins where the reader was at `start`.
  private mutating func skipCount(
    from start: MessagePackReader, _ fault: DatagramFault, _ bytes: Span<UInt8>
  ) throws(DatagramFault) {
    reader = start
    for _ in 0..<3 { try reader.skip(bytes, depth: 2) }
    datagram.skipped.append(fault)
  }

  private mutating func readAsk(_ bytes: Span<UInt8>) throws(DatagramFault) {
    let count = try list(bytes, of: 1)
    var asked: ContiguousArray<SessionID> = []
    for _ in 0..<count {
      guard case .raw(let range) = try reader.next(bytes),
        let session = SessionID(bytes.extracting(range))
      else { throw .badKey }
      asked.append(session)
    }
    datagram.asked = asked
  }

  private mutating func readMessages(_ bytes: Span<UInt8>) throws(DatagramFault) {
    for _ in 0..<(try list(bytes, of: 5)) {
      let event = try number(bytes, from: 1)
      let part = try number(bytes, from: 0)
      let parts = try number(bytes, from: 1)
      guard part < parts, parts <= ClusterDatagram.partsLimit else { throw .badKey }
      datagram.messages.append(
        ClusterDatagram.Message(
          number: event, part: Int(part), parts: Int(parts),
          namespace: ByteRange(try visibleText(bytes, of: 1...255)),
          text: ByteRange(try text(bytes, of: 0...ClusterDatagram.lengthLimit))))
    }
  }

  private mutating func readAges(_ bytes: Span<UInt8>) throws(DatagramFault) {
    var ages: ContiguousArray<UInt64> = []
    for _ in 0..<(try list(bytes, of: 1)) { ages.append(try number(bytes, from: 0)) }
    self.ages = ages
  }

  /// Gives the messages their ages, which may be before or after them in the datagram.
  private mutating func dateMessages() throws(DatagramFault) {
    guard let ages else { return }
    guard ages.count == datagram.messages.count else { throw .badKey }
    for (place, age) in ages.enumerated() { datagram.messages[place].ago = age }
  }

  private mutating func readExclusions(_ bytes: Span<UInt8>) throws(DatagramFault) {
    for _ in 0..<(try list(bytes, of: 3)) {
      datagram.exclusions.append(
        ClusterDatagram.Exclusion(
          number: try number(bytes, from: 1),
          viewer: ByteRange(try visibleText(bytes, of: 1...128)),
          stamp: try number(bytes, from: 0)))
    }
  }

  private mutating func readHeld(_ bytes: Span<UInt8>) throws(DatagramFault) {
    for _ in 0..<(try list(bytes, of: 3)) {
      datagram.held.append(
        ClusterDatagram.Held(
          number: try number(bytes, from: 1),
          viewer: ByteRange(try visibleText(bytes, of: 1...128)),
          stream: ByteRange(try visibleText(bytes, of: 1...128))))
    }
  }
}

// MARK: - The values of known keys

extension DatagramDecoder {
  /// Reads the head of an array, and returns the number of groups of `size` values in it.
  mutating func list(_ bytes: Span<UInt8>, of size: Int) throws(DatagramFault) -> Int {
    guard case .array(let count) = try reader.next(bytes), count % size == 0 else { throw .badKey }
    return count / size
  }

  mutating func number(
    _ bytes: Span<UInt8>, from least: UInt64
  ) throws(DatagramFault) -> UInt64 {
    guard case .natural(let number) = try reader.next(bytes),
      (least...ClusterDatagram.maximumNumber).contains(number)
    else { throw .badKey }
    return number
  }

  private mutating func truth(_ bytes: Span<UInt8>) throws(DatagramFault) -> Bool {
    guard case .truth(true) = try reader.next(bytes) else { throw .badKey }
    return true
  }

  mutating func text(
    _ bytes: Span<UInt8>, of lengths: ClosedRange<Int>
  ) throws(DatagramFault) -> Range<Int> {
    guard case .raw(let range) = try reader.next(bytes), lengths.contains(range.count) else {
      throw .badKey
    }
    return range
  }

  mutating func visibleText(
    _ bytes: Span<UInt8>, of lengths: ClosedRange<Int>
  ) throws(DatagramFault) -> Range<Int> {
    let range = try text(bytes, of: lengths)
    guard bytes.extracting(range).isVisibleASCII else { throw .badKey }
    return range
  }
}

extension Span<UInt8> {
  /// Whether two ranges of the same length contain the same bytes.
  fileprivate func equals(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    for offset in 0..<one.count
    where self[one.lowerBound + offset] != self[other.lowerBound + offset] { return false }
    return true
  }
}
