// The keys of a datagram's map. Legacy nodes have the first two and ignore the others.

/// A key. The raw value is its name as a number, with the first byte the most significant.
enum DatagramKey: UInt32, CaseIterable {
  /// `sid`: the sender's session id, 36 bytes.
  case session = 0x73_6964

  /// `vals`: name, members, connections, repeated.
  case counts = 0x7661_6C73

  /// `seq`: the number of the datagram, one more than that of the previous datagram of the session.
  case sequence = 0x73_6571

  /// `rnd`: the number of the first datagram of the round of counts.
  case round = 0x72_6E64

  /// `wall`: the sender's clock in UNIX milliseconds.
  case wall = 0x7761_6C6C

  /// `ask`: the session ids of the nodes that are asked for all their counts; all nodes if it is
  /// empty.
  case ask = 0x61_736B

  /// `bye`: true in the last datagram of a session.
  case goodbye = 0x62_7965

  /// `full`: true if the datagrams of the round contain all counts of the sender.
  case full = 0x6675_6C6C

  /// `msgs`: number, part, parts, namespace, text, repeated.
  case messages = 0x6D73_6773

  /// `ago`: the age of each message in milliseconds.
  case ages = 0x61_676F

  /// `excl`: number, viewer id, stamp, repeated.
  case exclusions = 0x6578_636C

  /// `held`: number, viewer id, stream id, repeated.
  case held = 0x6865_6C64

  /// `keep`: namespace, service, time, part, parts, text, repeated.
  case texts = 0x6B65_6570

  /// `kept`: namespace, service, time, check, repeated.
  case kept = 0x6B65_7074

  /// `want`: session id, namespace, service, repeated.
  case wanted = 0x7761_6E74

  /// `mac`: the code of 32 bytes over everything before it, always last.
  case code = 0x6D_6163

  /// The key with a name; nil for an unknown name.
  init?(_ bytes: Span<UInt8>) {
    guard (3...4).contains(bytes.count) else { return nil }
    self.init(rawValue: UInt32(truncatingIfNeeded: bytes.bigEndian(at: 0, count: bytes.count)))
    // A zero byte at the start would not change the number.
    guard length == bytes.count else { return nil }
  }

  /// The number of bytes of the name.
  var length: Int { rawValue > 0xFF_FFFF ? 4 : 3 }

  /// The bit of this key in a set of keys.
  var bit: UInt32 {
    switch self {
    case .session: 1 << 0
    case .counts: 1 << 1
    case .sequence: 1 << 2
    case .round: 1 << 3
    case .wall: 1 << 4
    case .ask: 1 << 5
    case .goodbye: 1 << 6
    case .full: 1 << 7
    case .messages: 1 << 8
    case .exclusions: 1 << 9
    case .held: 1 << 10
    case .code: 1 << 11
    case .ages: 1 << 12
    case .texts: 1 << 13
    case .kept: 1 << 14
    case .wanted: 1 << 15
    }
  }
}

extension ContiguousArray<UInt8> {
  /// Appends the name of a key as a text.
  mutating func append(key: DatagramKey) {
    append(rawHead: key.length)
    append(bigEndian: UInt64(key.rawValue), count: key.length)
  }
}
