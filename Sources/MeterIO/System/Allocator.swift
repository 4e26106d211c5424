// How malloc keeps what was freed.

import CLinux
import Glibc

/// What is asked of malloc.
enum Allocator {
  /// Makes each block of 32 KB and more a mapping of its own, which goes back to the system when it is freed.
  /// Otherwise malloc raises the size for that with each one that is freed, and the tables that a crowd made
  /// grow stay behind it in pieces. Smaller ones come from one heap for all threads: the end of a thread's
  /// own is never given back.
  static func keepLittle() {
    mallopt(M_MMAP_THRESHOLD, 32 * 1024)
    mallopt(M_ARENA_MAX, 1)
  }

  /// An array that will grow begins with so many bytes. The cache that malloc has for each thread takes no
  /// blocks of that size: of smaller ones it keeps seven of each size, and with each the page that it lies in,
  /// when the thread frees them.
  static let leastRoom = 1280

  /// Gives back the pages that hold nothing any more.
  static func giveBackFreePages() {
    malloc_trim(0)
  }
}

extension ContiguousArray {
  /// Room for as many elements as an array that will grow begins with.
  static var leastRoom: Int { Allocator.leastRoom / MemoryLayout<Element>.stride }

  /// An empty array that will grow.
  static var withRoom: ContiguousArray {
    var array: ContiguousArray = []
    array.makeRoom()
    return array
  }

  /// Removes all elements, and gives back room that was made for many.
  mutating func empty() {
    if capacity > 4 * Self.leastRoom { self = .withRoom }
    removeAll(keepingCapacity: true)
  }

  /// Gives an empty array that will grow its first room.
  mutating func makeRoom() {
    if isEmpty { reserveCapacity(Self.leastRoom) }
  }
}

extension ContiguousArray<UInt8> {
  /// A buffer to receive into, whose bytes mean nothing before. At the daemon's start a block of such a size is
  /// a mapping of its own (see `keepLittle`), of which the system makes a page when something is received into
  /// it, and not before.
  static func untouched(count: Int) -> ContiguousArray<UInt8> {
    ContiguousArray(unsafeUninitializedCapacity: count) { $1 = $0.count }
  }
}
