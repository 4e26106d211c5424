// Blocks written as docs/LOG-FORMAT.md describes them, for contents that no encoder would write.

/// A log with right checksums, whatever its blocks hold.
struct HandmadeLog {
  private(set) var bytes: [UInt8] = [0x89, 0x41, 0x4D, 0x4C, 0x4F, 0x47, 0x0D, 0x0A]
  private var digest: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A log that begins with a header of these options.
  init(options: [String] = ["increment-delay=1"]) {
    self.init(header: Self.header(options))
  }

  /// A log that begins with a header with this payload.
  init(header: [UInt8]) {
    digest = mix(digest, word(bytes[...]))
    add(1, header)
  }

  /// The payload of a header: version 1, hashed viewer ids, no date, at the beginning of the file,
  /// and these options.
  static func header(_ options: [String]) -> [UInt8] {
    [1, 1, 0, 0] + number(options.count)
      + options.flatMap { number($0.utf8.count) + Array($0.utf8) }
  }

  /// A number as seven bits a byte.
  static func number(_ number: Int) -> [UInt8] {
    number < 128
      ? [UInt8(number)] : [UInt8(number & 127) | 128] + Self.number(number >> 7)
  }

  /// Appends a block.
  mutating func add(_ kind: UInt8, _ payload: [UInt8]) {
    let plain = UInt64(kind) + 256 * UInt64(payload.count)
    let head = plain + mix(digest, plain) << 32
    digest = mix(digest, head)
    var rest = payload[...]
    while rest.count >= 8 {
      digest = mix(digest, word(rest.prefix(8)))
      rest = rest.dropFirst(8)
    }
    digest = mix(digest, word(rest))
    bytes += Self.bytes(of: head) + payload + Self.bytes(of: digest)
  }

  private static func bytes(of word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
  }

  private func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func mix(_ digest: UInt64, _ word: UInt64) -> UInt64 {
    let product = (digest ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return (product.high ^ product.low) &+ 0x2545_F491_4F6C_DD1D
  }
}
