// The MessagePack of before 2013, which legacy nodes use: text is raw bytes, and there is neither
// str8 nor bin nor ext. Any bytes give a value or a fault, in time bounded by their number.

/// A value, or the head of a value that contains others.
enum MessagePackToken {
  case none
  case truth(Bool)
  case natural(UInt64)
  case negative
  case fraction
  /// The range of the bytes of a text.
  case raw(Range<Int>)
  case array(count: Int)
  case map(count: Int)
}

/// A position in borrowed bytes. Reading moves it forward, at most to their end.
struct MessagePackReader {
  /// The maximum depth of nested values, the outermost container included. Legacy nodes have the
  /// same limit.
  static let depthLimit = 32

  private(set) var position = 0

  /// Reads the next value. The elements of a container follow it. Each takes at least a byte, so a
  /// count that the bytes cannot contain is a fault at once.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>) throws(DatagramFault) -> MessagePackToken {
    guard position < bytes.count else { throw .truncated }
    let head = bytes[position]
    position &+= 1
    switch head {
    case 0x00...0x7F: return .natural(UInt64(head))
    case 0x80...0x8F: return .map(count: try fitting(Int(head & 0x0F), each: 2, bytes))
    case 0x90...0x9F: return .array(count: try fitting(Int(head & 0x0F), each: 1, bytes))
    case 0xA0...0xBF: return .raw(try taken(Int(head & 0x1F), bytes))
    case 0xE0...0xFF: return .negative
    default: return try wide(head, bytes)
    }
  }

  /// Skips the next value. `depth` is the number of containers around it.
  mutating func skip(_ bytes: Span<UInt8>, depth: Int) throws(DatagramFault) {
    let values: Int
    switch try next(bytes) {
    case .none, .truth, .natural, .negative, .fraction, .raw: return
    case .array(let count): values = count
    case .map(let count): values = 2 * count
    }
    guard depth < Self.depthLimit else { throw .tooDeep }
    for _ in 0..<values { try skip(bytes, depth: depth + 1) }
  }

  /// Reads a value whose first byte does not contain the value itself.
  private mutating func wide(
    _ head: UInt8, _ bytes: Span<UInt8>
  ) throws(DatagramFault) -> MessagePackToken {
    switch head {
    case 0xC0: return .none
    case 0xC2: return .truth(false)
    case 0xC3: return .truth(true)
    case 0xCA: _ = try taken(4, bytes)
    case 0xCB: _ = try taken(8, bytes)
    case 0xCC...0xCF: return .natural(try number(bytes: 1 << Int(head & 3), bytes))
    case 0xD0...0xD3: return try signed(bytes: 1 << Int(head & 3), bytes)
    case 0xDA: return .raw(try taken(Int(try number(bytes: 2, bytes)), bytes))
    case 0xDB: return .raw(try taken(Int(try number(bytes: 4, bytes)), bytes))
    case 0xDC: return .array(count: try fitting(Int(try number(bytes: 2, bytes)), each: 1, bytes))
    case 0xDD: return .array(count: try fitting(Int(try number(bytes: 4, bytes)), each: 1, bytes))
    case 0xDE: return .map(count: try fitting(Int(try number(bytes: 2, bytes)), each: 2, bytes))
    case 0xDF: return .map(count: try fitting(Int(try number(bytes: 4, bytes)), each: 2, bytes))
    default: throw .forbiddenEncoding
    }
    return .fraction
  }

  /// Reads a number of one, two, four or eight bytes, with the most significant first.
  private mutating func number(
    bytes count: Int, _ bytes: Span<UInt8>
  ) throws(DatagramFault) -> UInt64 {
    let range = try taken(count, bytes)
    return bytes.bigEndian(at: range.lowerBound, count: count)
  }

  private mutating func signed(
    bytes count: Int, _ bytes: Span<UInt8>
  ) throws(DatagramFault) -> MessagePackToken {
    let bits = try number(bytes: count, bytes)
    return bits >> UInt64(count * 8 - 1) == 1 ? .negative : .natural(bits)
  }

  /// Skips the next bytes and returns their range.
  @inline(__always)
  private mutating func taken(
    _ count: Int, _ bytes: Span<UInt8>
  ) throws(DatagramFault) -> Range<Int> {
    guard count <= bytes.count &- position else { throw .truncated }
    let start = position
    position = start &+ count
    return start..<position
  }

  /// Checks that the remaining bytes have room for a number of elements of at least `each` bytes.
  @inline(__always)
  private func fitting(
    _ count: Int, each: Int, _ bytes: Span<UInt8>
  ) throws(DatagramFault) -> Int {
    guard count &* each <= bytes.count &- position else { throw .truncated }
    return count
  }
}

extension Span where Element == UInt8 {
  /// Up to eight bytes as a number, with the most significant first. Precondition: they are within
  /// the span.
  @inline(__always)
  func bigEndian(at start: Int, count: Int) -> UInt64 {
    let word = extracting(start..<start &+ count)
    var value: UInt64 = 0
    for index in word.indices { value = value &<< 8 | UInt64(word[index]) }
    return value
  }
}
