// Builds datagrams: the original's two keys first, in the bytes in which it sends them, so that an
// old node reads them; then what is new, and the code last, since it is over all before it.

/// Builds one datagram after the other: `begin`, then what it shall tell while it fits, then
/// `finish`.
package struct DatagramEncoder {
  /// The longest datagram that nodes send: with the heads of UDP and IPv6 it crosses any usual link
  /// in one piece.
  package static let lengthLimit = 1400

  /// The longest text of a part of a message that fits into any datagram to which only flags were
  /// given, if `lengthLimit` is its limit.
  package static let partLength = 960

  /// A message of this age in milliseconds was just said, and takes as long as others.
  package static let youngAge: UInt64 = 20

  /// What a datagram says by being so.
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The round lists every count that the sender has.
    package static let full = Flags(rawValue: 1)

    /// The sender leaves.
    package static let goodbye = Flags(rawValue: 2)

    /// Everybody is asked to tell all counts at once.
    package static let asksEverybody = Flags(rawValue: 4)
  }

  /// The elements of an array, whose head depends on how many there are.
  private struct Section {
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

  /// The keys with one value, and how many they are.
  private var fixed = Section()
  private var asked = Section()
  private var messages = Section()

  /// How old the messages are, where the first of them, which is the oldest, is not young.
  private var ages = Section()
  private var exclusions = Section()
  private var held = Section()

  /// How long the datagram is so far: 1 to the limit.
  package private(set) var length = 0

  /// An encoder of the datagrams of one session, none of them longer than `limit` bytes.
  /// Precondition: 512 to 65,507 of them.
  package init(session: SessionID, limit: Int = lengthLimit, secret: ClusterSecret?) {
    precondition(
      (512...ClusterDatagram.lengthLimit).contains(limit), "a datagram of \(limit) bytes")
    self.session = session
    self.limit = limit
    self.secret = secret
    begin()
  }

  /// Whether nothing was appended since the datagram was begun.
  package var isEmpty: Bool {
    counts.elements == 0 && asked.elements == 0 && messages.elements == 0
      && exclusions.elements == 0 && held.elements == 0
  }

  /// Begins a datagram as the original's nodes send them: nothing of the former one is left.
  package mutating func begin() {
    counts.removeAll()
    fixed.removeAll()
    asked.removeAll()
    messages.removeAll()
    ages.removeAll()
    exclusions.removeAll()
    held.removeAll()
    length =
      1 + Self.length(of: .session) + MessagePackSize.raw(SessionID.length)
      + Self.length(of: .counts) + MessagePackSize.arrayHead(0)
    if secret != nil { length += Self.length(of: .code) + MessagePackSize.raw(HMAC.length) }
  }

  /// Begins a datagram with its number (from 1), that of the first of its round, and the wall clock
  /// in UNIX milliseconds. Precondition: each is at most 2⁵³ − 1.
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

  /// Appends what is counted in a namespace; false if that does not fit any more. Numbers beyond
  /// 2⁵³ − 1 are told as that. Precondition: the name has 1 to 255 bytes, which are visible ASCII.
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

  /// Appends a session that is asked to tell all its counts at once; false if that does not fit any
  /// more. Precondition: not everybody is asked.
  package mutating func append(asked session: SessionID) -> Bool {
    let size = MessagePackSize.raw(SessionID.length)
    guard take(size, elements: 1, .ask, after: asked.elements) else { return false }
    asked.elements += 1
    asked.bytes.append(rawHead: SessionID.length)
    session.append(into: &asked.bytes)
    return true
  }

  /// Appends a message, or a part of it (from 0), that was first said so many milliseconds ago; false if
  /// that does not fit any more. Preconditions: the number is 1 to 2⁵³ − 1, the part one of at most 64,
  /// the namespace's name 1 to 255 visible ASCII bytes, the age at most 2⁵³ − 1; none that is older follows.
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

  /// Appends that a viewer id's other holders are to end; false if that does not fit any more.
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

  /// Appends the id of a stream that ended for another node's viewer; false if that does not fit
  /// any more. Preconditions: the number is at most 2⁵³ − 1, the ids 1 to 128 visible ASCII bytes.
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

  /// Appends the datagram to `output`. Another has then to be begun.
  package mutating func finish(into output: inout ContiguousArray<UInt8>) {
    let start = output.count
    output.reserveCapacity(start + length)
    let sections = [asked, messages, ages, exclusions, held].count { $0.elements > 0 }
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

  /// How long a key is, with the head of its text.
  private static func length(of key: DatagramKey) -> Int { 1 + key.length }

  private mutating func addFixed(_ key: DatagramKey) {
    fixed.elements += 1
    fixed.bytes.append(key: key)
  }

  private mutating func addFixed(_ key: DatagramKey, number: UInt64) {
    addFixed(key)
    fixed.bytes.append(packed: checked(number))
  }

  private func checked(_ number: UInt64) -> UInt64 {
    precondition(number <= ClusterDatagram.maximumNumber, "the number \(number) in a datagram")
    return number
  }

  /// Makes room for more elements of a key's array, which has some already; false if there is none.
  private mutating func take(
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
