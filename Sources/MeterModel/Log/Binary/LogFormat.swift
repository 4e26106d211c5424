// The constants of the binary log, which docs/LOG-FORMAT.md explains. A released one never changes its
// meaning: what has to change gets a new version.

/// What encoder and reader agree on.
package enum LogFormat {
  /// What every section begins with, and no text can: a byte that is no ASCII, letters, and a line end that
  /// careless transfers damage.
  package static let magic: [UInt8] = [0x89, 0x41, 0x4D, 0x4C, 0x4F, 0x47, 0x0D, 0x0A]

  /// The version that is written, and the only one that is read.
  package static let version: UInt64 = 1

  /// How large a block's payload may be: 2²⁴ − 1 bytes.
  package static let maximumPayloadLength = 1 << 24 - 1

  /// The payload at which the encoder says that a block of records is full.
  package static let fullPayload = 1 << 16

  /// Kind, length and check in front of a payload, and the checksum behind it.
  static let headLength = 8
  static let checksumLength = 8

  /// The longest payload of a header, in bytes: many times what all options take.
  package static let maximumHeaderLength = 4096

  /// The longest beginning of a section, its magic and its header, in bytes.
  static let maximumBeginningLength =
    magic.count + headLength + maximumHeaderLength + checksumLength

  /// The magic as a number of eight bytes.
  static let magicWord: UInt64 = 0x0A0D_474F_4C4D_4189
}

/// What a block holds. 0 is none, as a disk that lost its power may leave zeros.
enum BlockKind: UInt8 {
  case header = 1
  case records = 2
  case gap = 3
  case snapshotPart = 4
  case snapshotEnd = 5
  case end = 6
}

/// What stands in a block of records: the low four bits of its first byte. The other bits are flags.
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

  static let mask: UInt8 = 0x0F

  /// The time since the record before follows; without it, none has passed.
  static let timeFlag: UInt8 = 0x10

  /// Of an open: a viewer id follows.
  static let viewerFlag: UInt8 = 0x20

  /// Of an open: how many connections ago the one was that the `Last-Event-ID` names follows.
  static let afterFlag: UInt8 = 0x40

  /// Of an open: the slot follows, since it is open already.
  static let againFlag: UInt8 = 0x80
}

/// The chain of checksums of one section: each covers its block and the one before, so that no block can be
/// lost, changed or exchanged unseen.
struct BlockChain {
  private var digest: Digest

  /// The chain of a section in which there is no block yet.
  init() {
    digest = Digest()
    digest.combine(LogFormat.magicWord)
  }

  /// The eight bytes in front of a payload: kind, length (24 bits) and a check of both (32 bits), so that a
  /// damaged length is not taken for a block that was cut.
  func head(_ kind: UInt8, length: Int) -> UInt64 {
    let plain = UInt64(kind) | UInt64(length) << 8
    var checked = digest
    checked.combine(plain)
    return plain | checked.value << 32
  }

  /// Goes on to the next block, whose payload is a range of `bytes`; the answer is its checksum.
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
