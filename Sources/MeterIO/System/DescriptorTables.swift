// Descriptor tables. The limit of descriptors holds for a table, not for the process, and a table has a lock
// that each accept and close takes. A thread that shares no table has both for itself.

import CLinux
import Glibc

/// Who has a table of descriptors.
package enum DescriptorTables: Equatable, Sendable {
  /// All threads share the process's one.
  case shared

  /// Each reactor has one of its own; the other threads share one.
  case perReactor

  /// What the system permits; some containers forbid to part from the shared table. It is tried once, on a
  /// thread that does nothing else.
  static func permitted() throws(SystemError) -> DescriptorTables {
    let probe = StartLine()
    let thread = try JoinableThread(name: "probe") {
      probe.arrive(takeOwn(keeping: []))
    }
    thread.join()
    do throws(SystemError) {
      try probe.awaitArrivals(1)
      return .perReactor
    } catch {
      return .shared
    }
  }

  /// Gives the calling thread a table of its own that holds only the standard streams and `kept`. What else
  /// was open stays open in the table that it leaves.
  static func takeOwn(keeping kept: [Int32]) -> SystemError? {
    do throws(SystemError) {
      _ = try systemCall("unshare") { unshare(CLONE_FILES) }.get()
      var first: UInt32 = 3
      for descriptor in kept.map({ UInt32($0) }).sorted() where descriptor >= first {
        if descriptor > first { try close(first...(descriptor - 1)) }
        first = descriptor + 1
      }
      try close(first...UInt32.max)
      return nil
    } catch {
      return error
    }
  }

  private static func close(_ descriptors: ClosedRange<UInt32>) throws(SystemError) {
    _ = try systemCall("close_range") {
      close_range(descriptors.lowerBound, descriptors.upperBound, 0)
    }.get()
  }
}
