// The settings of malloc, so that memory that was freed goes back to the system.

import CLinux
import Glibc

/// Calls to malloc beside allocation.
enum Allocator {
  /// Makes each block of 32 KB or more a mapping of its own, which goes back to the system when it
  /// is freed. By default malloc raises this size each time that such a block is freed, and large
  /// tables then leave holes in the heap. Smaller blocks come from one heap for all threads,
  /// because the end of a thread's own heap is never given back. To be called before threads start.
  static func returnLargeBlocks() {
    mallopt(M_MMAP_THRESHOLD, 32 * 1024)
    mallopt(M_ARENA_MAX, 1)
  }

  /// Gives the free pages of the heap back to the system. O(heap).
  static func returnFreePages() {
    malloc_trim(0)
  }
}

extension ContiguousArray<UInt8> {
  /// A receive buffer with unspecified contents. A buffer of 32 KB or more is a mapping of its own
  /// (see `Allocator.returnLargeBlocks`), whose pages take memory only after something was received
  /// into them.
  static func untouched(count: Int) -> ContiguousArray<UInt8> {
    ContiguousArray(unsafeUninitializedCapacity: count) { $1 = $0.count }
  }
}
