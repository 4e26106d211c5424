// Arrays that grow and shrink with the load: batches, queues, tables. The functions are inlinable,
// so that MeterIO compiles its own copy of each for each type of element. A generic function of
// another module that is not inlinable takes ten times as many instructions.

extension ContiguousArray {
  /// The number of elements in 1,280 bytes, the first room of a growing array. The cache that
  /// malloc keeps for each thread holds no blocks of that size. Of smaller sizes it holds seven
  /// blocks each, and each block keeps its page in use.
  @inlinable package static var minimumRoom: Int { 1280 / MemoryLayout<Element>.stride }

  /// An empty array with its first room.
  @inlinable package static var withRoom: ContiguousArray {
    var array: ContiguousArray = []
    array.makeRoom()
    return array
  }

  /// Gives an empty array its first room.
  @inlinable package mutating func makeRoom() {
    if isEmpty { reserveCapacity(Self.minimumRoom) }
  }

  /// Removes all elements, and gives back the room for more than four times `minimumRoom`.
  @inlinable package mutating func empty() {
    if capacity > 4 * Self.minimumRoom { self = .withRoom }
    removeAll(keepingCapacity: true)
  }

  /// Appends an element to a batch, which may have no room yet.
  @inlinable package mutating func appendToBatch(_ element: Element) {
    makeRoom()
    append(element)
  }
}

extension ContiguousArray<UInt8> {
  /// Appends a copy of borrowed bytes to a batch and returns its place. O(n)
  @inlinable package mutating func appendText(_ text: Span<UInt8>) -> ByteRange {
    makeRoom()
    let start = count
    for index in text.indices { append(text[index]) }
    return range(since: start)
  }

  /// The place of all bytes that were appended since the array had `start` bytes.
  @inlinable package func range(since start: Int) -> ByteRange {
    ByteRange(start: UInt32(start), count: UInt32(count - start))
  }
}
