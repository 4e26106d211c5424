// Blocks made by the letter of docs/LOG-FORMAT.md, for what no encoder would write.

/// A log whose checksums are right, whatever its blocks hold.
struct HandmadeLog {
  private(set) var bytes: [UInt8] = [0x89, 0x41, 0x4D, 0x4C, 0x4F, 0x47, 0x0D, 0x0A]
  private var digest: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The header's payload in the document's worked example.
  static let header: [UInt8] = [
    1, 1, 0x80, 0x80, 0xD0, 0x9D, 0xE9, 0xCE, 0xB8, 0xFD, 0x18, 0, 0x80, 0x94, 0xEB, 0xDC, 3,
    0x80, 0xA8, 0xD6, 0xB9, 7, 0x80, 0xF4, 0xF6, 0x90, 0x5D, 0x80, 0xB0, 0x9D, 0xC2, 0xDF, 1,
    0x80, 0xC0, 0xE2, 0x85, 0xE3, 0x68, 0x80, 0xE4, 0x97, 0xD0, 0x12, 1, 1, 0xFF, 0xFF, 0xFF,
    0xFF, 0x0F, 0xC0, 0x84, 0x3D,
  ]

  init(header: [UInt8] = Self.header) {
    digest = mix(digest, word(bytes[...]))
    add(1, header)
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

  static func bytes(of word: UInt64) -> [UInt8] {
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
