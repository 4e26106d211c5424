// The encoder of datagrams. The two keys of legacy nodes come first, in the same bytes as legacy
// nodes send them. The further keys follow. The message code is last, because it covers everything
// before.

/// Builds one datagram after another: `begin`, then `append` as long as it fits, then `finish`.
package struct DatagramEncoder {
  /// The maximum length of a datagram that is sent. With the headers of UDP and IPv6 it passes any
  /// usual link unfragmented.
  package static let lengthLimit = 1400

  /// The maximum length of the text of a message part. A part of this length fits into any datagram
  /// of `lengthLimit` bytes that has only flags so far.
  package static let partLength = 960

  /// The age in milliseconds up to which a message is sent without its age.
  package static let youngAge: UInt64 = 20

  /// The properties that a datagram states by a key without a list.
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The round contains all counts of the sender.
    package static let full = Flags(rawValue: 1)

    /// The sender leaves the cluster.
    package static let goodbye = Flags(rawValue: 2)

    /// All nodes are asked for all their counts at once.
    package static let asksEverybody = Flags(rawValue: 4)
  }

  /// The elements of an array. Its head depends on their number.
  struct Section {
    var bytes: ContiguousArray<UInt8> = []
    var elements = 0

    mutating func removeAll() {
      bytes.removeAll(keepingCapacity: true)
      elements = 0
    }
  }

  private let session: SessionID
  private let limit: Int
  private let secret: ClusterSecret?

  private var counts = Section()

  /// The keys with one value, and the number of them.
  private var fixed = Section()
  private var asked = Section()
  private var messages = Section()

  /// The ages of the messages; used if that of the first message, the oldest, is above `youngAge`.
  private var ages = Section()
  private var exclusions = Section()
  private var held = Section()

  /// The retained texts that are sent, listed and asked for.
  var texts = Section()
  var kept = Section()
  var wanted = Section()

  /// The length of the datagram so far: 1 to the limit.
  package private(set) var length = 0

  /// An encoder of the datagrams of one session, each at most `limit` bytes long. Precondition: the
  /// limit is 512 to 65,507.
  package init(session: SessionID, limit: Int = lengthLimit, secret: ClusterSecret?) {
    precondition(
      (512...ClusterDatagram.lengthLimit).contains(limit), "a datagram of \(limit) bytes")
    self.session = session
    self.limit = limit
    self.secret = secret
    begin()
  }

  /// Whether nothing was appended since `begin`.
  package var isEmpty: Bool {
    counts.elements == 0 && asked.elements == 0 && messages.elements == 0
      && exclusions.elements == 0 && held.elements == 0 && texts.elements == 0
      && kept.elements == 0 && wanted.elements == 0
  }

  /// Begins a datagram as legacy nodes send them. Discards the previous one.
  package mutating func begin() {
    counts.removeAll()
    fixed.removeAll()
    asked.removeAll()
    messages.removeAll()
    ages.removeAll()
    exclusions.removeAll()
    held.removeAll()
    texts.removeAll()
    kept.removeAll()
    wanted.removeAll()
    length =
      1 + Self.length(of: .session) + MessagePackSize.raw(SessionID.length)
      + Self.length(of: .counts) + MessagePackSize.arrayHead(0)
    if secret != nil { length += Self.length(of: .code) + MessagePackSize.raw(HMAC.length) }
  }

  /// Begins a datagram with its number (from 1), the number of the first datagram of its round, and
  /// the wall clock in UNIX milliseconds. Precondition: each is at most 2⁵³ − 1.
  package mutating func begin(
    sequence: UInt64, round: UInt64, wall: UInt64, flags: Flags = []
  ) {
    precondition(sequence >= 1 && round >= 1, "the numbers of datagrams begin with 1")
    begin()
    addFixed(.sequence, number: sequence)
    addFixed(.round, number: round)
    addFixed(.wall, number: wall)
    if flags.contains(.asksEverybody) {
      addFixed(.ask)
      fixed.bytes.append(arrayHead: 0)
    }
    for (flag, key) in [(Flags.goodbye, DatagramKey.goodbye), (.full, .full)]
    where flags.contains(flag) {
      addFixed(key)
      fixed.bytes.append(0xC3)
    }
    length += fixed.bytes.count
  }

  /// Appends the counts of a namespace; false if they do not fit. Numbers above 2⁵³ − 1 are sent as
  /// that. Precondition: the name has 1 to 255 visible ASCII bytes.
  package mutating func append(
    count name: Span<UInt8>, members: UInt64, connections: UInt64
  ) -> Bool {
    precondition((1...255).contains(name.count), "a namespace's name of \(name.count) bytes")
    let members = min(members, ClusterDatagram.maximumNumber)
    let connections = min(connections, ClusterDatagram.maximumNumber)
    let size =
      MessagePackSize.raw(name.count) + MessagePackSize.number(members)
      + MessagePackSize.number(connections)
    let elements = counts.elements
    let total =
      length + size + MessagePackSize.arrayHead(elements + 3) - MessagePackSize.arrayHead(elements)
    guard total <= limit else { return false }
    length = total
    counts.elements += 3
    counts.bytes.append(raw: name)
    counts.bytes.append(packed: members)
    counts.bytes.append(packed: connections)
    return true
  }

  /// Appends a session that is asked for all its counts at once; false if it does not fit.
  /// Precondition: not all nodes are asked.
  package mutating func append(asked session: SessionID) -> Bool {
    let size = MessagePackSize.raw(SessionID.length)
    guard take(size, elements: 1, .ask, after: asked.elements) else { return false }
    asked.elements += 1
    asked.bytes.append(rawHead: SessionID.length)
    session.append(into: &asked.bytes)
    return true
  }

  /// Appends a message, or a part of one (from 0), with its age in milliseconds; false if it does
  /// not fit. Preconditions: the number is 1 to 2⁵³ − 1, the part one of at most 64, the name 1 to
  /// 255 visible ASCII bytes, the age at most 2⁵³ − 1; no older message follows.
  package mutating func append(
    message number: UInt64, part: Int, of parts: Int, to namespace: Span<UInt8>,
    text: Span<UInt8>, ago: UInt64 = 0
  ) -> Bool {
    precondition((1...255).contains(namespace.count), "a name of \(namespace.count) bytes")
    precondition(
      part >= 0 && part < parts && parts <= ClusterDatagram.partsLimit, "part \(part) of \(parts)")
    let size =
      MessagePackSize.number(number) + MessagePackSize.number(UInt64(part))
      + MessagePackSize.number(UInt64(parts)) + MessagePackSize.raw(namespace.count)
      + MessagePackSize.raw(text.count)
    let isDated = messages.elements == 0 ? ago > Self.youngAge : ages.elements > 0
    let former = length
    guard take(size, elements: 5, .messages, after: messages.elements) else { return false }
    if isDated {
      guard take(MessagePackSize.number(ago), elements: 1, .ages, after: ages.elements) else {
        length = former
        return false
      }
      ages.elements += 1
      ages.bytes.append(packed: checked(ago))
    }
    messages.elements += 5
    messages.bytes.append(packed: checked(number))
    messages.bytes.append(packed: UInt64(part))
    messages.bytes.append(packed: UInt64(parts))
    messages.bytes.append(raw: namespace)
    messages.bytes.append(raw: text)
    return true
  }

  /// Appends the exclusion of the other holders of a viewer id; false if it does not fit.
  /// Preconditions: the numbers are at most 2⁵³ − 1, the viewer id 1 to 128 visible ASCII bytes.
  package mutating func append(
    exclusion number: UInt64, viewer: Span<UInt8>, stamp: UInt64
  ) -> Bool {
    precondition((1...128).contains(viewer.count), "a viewer id of \(viewer.count) bytes")
    let size =
      MessagePackSize.number(number) + MessagePackSize.raw(viewer.count)
      + MessagePackSize.number(stamp)
    guard take(size, elements: 3, .exclusions, after: exclusions.elements) else { return false }
    exclusions.elements += 3
    exclusions.bytes.append(packed: checked(number))
    exclusions.bytes.append(raw: viewer)
    exclusions.bytes.append(packed: checked(stamp))
    return true
  }

  /// Appends the id of a stream that ended for a viewer of another node; false if it does not fit.
  /// Preconditions: the number is at most 2⁵³ − 1, the ids 1 to 128 visible ASCII bytes.
  package mutating func append(
    held number: UInt64, viewer: Span<UInt8>, stream: Span<UInt8>
  ) -> Bool {
    precondition((1...128).contains(viewer.count), "a viewer id of \(viewer.count) bytes")
    precondition((1...128).contains(stream.count), "a stream's id of \(stream.count) bytes")
    let size =
      MessagePackSize.number(number) + MessagePackSize.raw(viewer.count)
      + MessagePackSize.raw(stream.count)
    guard take(size, elements: 3, .held, after: held.elements) else { return false }
    held.elements += 3
    held.bytes.append(packed: checked(number))
    held.bytes.append(raw: viewer)
    held.bytes.append(raw: stream)
    return true
  }

  /// Appends the finished datagram to `output`. `begin` must come before the next one.
  package mutating func finish(into output: inout ContiguousArray<UInt8>) {
    let start = output.count
    output.reserveCapacity(start + length)
    let sections = [asked, messages, ages, exclusions, held, texts, kept, wanted]
      .count { $0.elements > 0 }
    output.append(0x80 | UInt8(2 + fixed.elements + sections + (secret == nil ? 0 : 1)))
    output.append(key: .session)
    output.append(rawHead: SessionID.length)
    session.append(into: &output)
    Self.append(counts, .counts, into: &output)
    output.append(contentsOf: fixed.bytes)
    if asked.elements > 0 { Self.append(asked, .ask, into: &output) }
    if messages.elements > 0 { Self.append(messages, .messages, into: &output) }
    if ages.elements > 0 { Self.append(ages, .ages, into: &output) }
    if exclusions.elements > 0 { Self.append(exclusions, .exclusions, into: &output) }
    if held.elements > 0 { Self.append(held, .held, into: &output) }
    if texts.elements > 0 { Self.append(texts, .texts, into: &output) }
    if kept.elements > 0 { Self.append(kept, .kept, into: &output) }
    if wanted.elements > 0 { Self.append(wanted, .wanted, into: &output) }
    if let secret {
      output.append(key: .code)
      output.append(rawHead: HMAC.length)
      secret.code(of: output.span.extracting(start..<output.count)).append(into: &output)
    }
    invariant(output.count - start == length, "a datagram is not as long as was reckoned")
  }
}

// MARK: - Sizes and values

extension DatagramEncoder {
  private static func append(
    _ section: Section, _ key: DatagramKey, into output: inout ContiguousArray<UInt8>
  ) {
    output.append(key: key)
    output.append(arrayHead: section.elements)
    output.append(contentsOf: section.bytes)
  }

  /// The length of a key with the head of its text.
  private static func length(of key: DatagramKey) -> Int { 1 + key.length }

  private mutating func addFixed(_ key: DatagramKey) {
    fixed.elements += 1
    fixed.bytes.append(key: key)
  }

  private mutating func addFixed(_ key: DatagramKey, number: UInt64) {
    addFixed(key)
    fixed.bytes.append(packed: checked(number))
  }

  func checked(_ number: UInt64) -> UInt64 {
    precondition(number <= ClusterDatagram.maximumNumber, "the number \(number) in a datagram")
    return number
  }

  /// Reserves room for further elements of a key's array that has some; false if there is no room.
  mutating func take(
    _ size: Int, elements: Int, _ key: DatagramKey, after former: Int
  ) -> Bool {
    let head =
      former > 0 ? -MessagePackSize.arrayHead(former) : Self.length(of: key)
    let total = length + size + head + MessagePackSize.arrayHead(former + elements)
    guard total <= limit else { return false }
    length = total
    return true
  }
}
