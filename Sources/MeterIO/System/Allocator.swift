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

  /// Gives back the pages that hold nothing any more.
  static func giveBackFreePages() {
    malloc_trim(0)
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
