// Arrays that grow and shrink with the load: batches, queues, tables. The functions are inlinable, so that
// MeterIO has its own copy of each, for each type of element: a generic function of another module is
// otherwise called through tables of functions.

extension ContiguousArray {
  /// The number of elements in 1,280 bytes, the room with which a growing array begins. The cache that malloc
  /// keeps for each thread holds no blocks of that size: of smaller sizes it keeps seven blocks each, and
  /// with each block the page in which it lies.
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
  /// Appends a copy of borrowed bytes to a batch, and returns their place in it. O(bytes).
  @inlinable package mutating func appendText(_ text: Span<UInt8>) -> ByteRange {
    makeRoom()
    let start = count
    for index in text.indices { append(text[index]) }
    return range(since: start)
  }

  /// The place of everything that was appended since there were `start` bytes.
  @inlinable package func range(since start: Int) -> ByteRange {
    ByteRange(start: UInt32(start), count: UInt32(count - start))
  }
}
