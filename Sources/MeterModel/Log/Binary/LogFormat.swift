// The constants of the binary form, which docs/LOG-FORMAT.md explains. A constant that was released
// never changes; a change takes a new version.

/// The constants that the encoder and the reader share.
package enum LogFormat {
  /// The first bytes of every section, with which no text begins: a byte that is no ASCII, letters,
  /// and a line end that a transfer as text damages.
  package static let magic: [UInt8] = [0x89, 0x41, 0x4D, 0x4C, 0x4F, 0x47, 0x0D, 0x0A]

  /// The version that is written. No other is read.
  package static let version: UInt64 = 1

  /// The longest payload of a block, in bytes: 2²⁴ − 1.
  package static let maximumPayloadLength = 1 << 24 - 1

  /// The length in bytes at which a block of records is full, and into which snapshots are divided.
  package static let targetBlockLength = 1 << 16

  /// The length of the head of a block, which is kind, length and check, in bytes.
  static let headLength = 8

  /// The length of the checksum after the payload of a block, in bytes.
  static let checksumLength = 8

  /// The longest payload of a header, in bytes: many times what all options take.
  package static let maximumHeaderLength = 4096

  /// The longest beginning of a section, its magic and its header, in bytes.
  static let maximumBeginningLength =
    magic.count + headLength + maximumHeaderLength + checksumLength

  /// The magic as a word.
  static let magicWord: UInt64 = 0x0A0D_474F_4C4D_4189
}

/// The kind of a block. 0 is none, because a disk that loses power may leave zeros.
enum BlockKind: UInt8 {
  case header = 1
  case records = 2
  case gap = 3
  case formerSnapshotPart = 4
  case formerSnapshotEnd = 5
  case end = 6
  case snapshotPart = 7
  case snapshotEnd = 8
}

/// The code of a record: the low four bits of its first byte. The other bits are flags.
enum RecordCode: UInt8 {
  case opened = 1
  case closed = 2
  case excluded = 3
  case message = 4
  case peer = 5
  case bye = 6
  case namespaceName = 7
  case viewerName = 8
  case nodeName = 9
  case checkpoint = 10

  /// The next byte, after the time, is an `ExtendedCode`.
  case extended = 11

  /// The bits of the code.
  static let mask: UInt8 = 0x0F

  /// The time since the previous record follows. Without this flag no time has passed.
  static let timeFlag: UInt8 = 0x10

  /// In an open: a viewer id follows.
  static let viewerFlag: UInt8 = 0x20

  /// In an open: the distance to the connection that the `Last-Event-ID` names follows.
  static let afterFlag: UInt8 = 0x40

  /// In an open: the slot follows, since the connection is open already.
  static let againFlag: UInt8 = 0x80
}

/// The code of a record whose `RecordCode` is `extended`.
enum ExtendedCode: UInt8 {
  case external = 16
  case opened = 17
  case sourceName = 18
  case cut = 19
  case restarted = 20
  case pinged = 21
  case left = 22
  case arrived = 23
  case moved = 24
  case transferred = 25
  case retained = 26
  case serviceName = 27
}

/// The first byte of the fields of an extended open: the kind of the stream in the low two bits,
/// and flags.
enum OpenFlags {
  /// The bits of the kind.
  static let kindMask: UInt8 = 0x03

  /// A viewer id follows.
  static let viewer: UInt8 = 0x04

  /// The distance to the connection that the `Last-Event-ID` names follows.
  static let after: UInt8 = 0x08

  /// After the distance, the slot of that connection follows.
  static let afterSlot: UInt8 = 0x10

  /// The slot follows, since the connection is open already.
  static let again: UInt8 = 0x20

  /// All flags and the kind.
  static let all: UInt8 = 0x3F
}

/// The chain of checksums of one section. Each covers its block and all blocks before, so that a
/// block cannot be removed, changed or exchanged without detection.
struct BlockChain {
  private var digest: Digest

  /// The chain of a section without blocks.
  init() {
    digest = Digest()
    digest.combine(LogFormat.magicWord)
  }

  /// The head of a block: kind, length (24 bits) and a check of both (32 bits), so that a damaged
  /// length is not mistaken for a block that was cut.
  func head(_ kind: UInt8, length: Int) -> UInt64 {
    let plain = UInt64(kind) | UInt64(length) << 8
    var checked = digest
    checked.combine(plain)
    return plain | checked.value << 32
  }

  /// Adds the next block, whose payload is a range of `bytes`, and returns its checksum. O(n).
  mutating func seal(
    head: UInt64, _ bytes: ContiguousArray<UInt8>, _ range: Range<Int>
  ) -> UInt64 {
    let payload = bytes.span.extracting(range)
    digest.combine(head)
    var index = 0
    while index &+ 8 <= payload.count {
      digest.combine(payload.word(at: index))
      index &+= 8
    }
    var last: UInt64 = 0
    for place in index..<payload.count {
      last |= UInt64(payload[place]) << UInt64((place - index) * 8)
    }
    digest.combine(last)
    return digest.value
  }
}
