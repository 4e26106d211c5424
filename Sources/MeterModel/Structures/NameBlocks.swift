// The storage of the names in a `NameTable`.

/// Blocks of 16, 32, 64, 128 and 256 bytes. Each size has one array, in which freed blocks are used
/// first. The number of a block is its place in the array; the length of the name determines the
/// array.
struct NameBlocks {
  private var sizes: [Size]

  /// The blocks of one size.
  private struct Size {
    var bytes: ContiguousArray<UInt8> = []
    var free: ContiguousArray<UInt32> = []
  }

  init() {
    sizes = Array(repeating: Size(), count: 5)
  }

  /// The number of the array with blocks for names of a length (1 to 256).
  private static func size(for length: Int) -> Int {
    max(0, Int.bitWidth - (length - 1).leadingZeroBitCount - 4)
  }

  private static func blockLength(_ size: Int) -> Int {
    16 << size
  }

  /// Copies a name into a block, and returns the number of the block.
  mutating func store(_ name: Span<UInt8>) -> UInt32 {
    let size = Self.size(for: name.count)
    let length = Self.blockLength(size)
    if let block = sizes[size].free.popLast() {
      let start = Int(block) * length
      for index in name.indices { sizes[size].bytes[start + index] = name[index] }
      return block
    }
    let start = sizes[size].bytes.count
    for index in name.indices { sizes[size].bytes.append(name[index]) }
    for _ in name.count..<length { sizes[size].bytes.append(0) }
    return UInt32(start / length)
  }

  /// Frees the block of a name of a length.
  mutating func free(_ block: UInt32, length: Int) {
    let size = Self.size(for: length)
    sizes[size].free.append(block)
    if sizes[size].free.count * Self.blockLength(size) == sizes[size].bytes.count {
      sizes[size] = Size()
    }
  }

  /// Whether a block begins with the name. Precondition: it is a block for names of that length.
  func holds(_ name: Span<UInt8>, in block: UInt32) -> Bool {
    let size = Self.size(for: name.count)
    let start = Int(block) * Self.blockLength(size)
    for index in name.indices where sizes[size].bytes[start + index] != name[index] {
      return false
    }
    return true
  }

  /// Calls `body` with the name in a block. `length` is the length of the name, in bytes.
  func withName<Result>(
    _ block: UInt32, length: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    let size = Self.size(for: length)
    let start = Int(block) * Self.blockLength(size)
    let bytes = sizes[size].bytes
    return body(bytes.span.extracting(start..<start + length))
  }
}
