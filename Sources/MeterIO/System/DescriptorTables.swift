// Descriptor tables. The limit of descriptors is a limit of a table, not of the process, and each
// accept and close takes the table's lock. A thread with a table of its own shares neither.

import CLinux
import Glibc

/// Which threads share a descriptor table.
package enum DescriptorTables: Equatable, Sendable {
  /// All threads share one table.
  case shared

  /// Each reactor has a table of its own; the other threads share one.
  case perReactor

  /// What the system permits: some containers forbid `unshare`. It is tried on a thread that ends
  /// afterwards.
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

  /// Gives the calling thread a table of its own, in which the standard streams and the descriptors
  /// `kept` are open; nil keeps all. The other descriptors stay open in the table that the thread
  /// leaves.
  static func takeOwn(keeping kept: [Int32]?) -> SystemError? {
    do throws(SystemError) {
      _ = try systemCall("unshare") { unshare(CLONE_FILES) }.get()
      guard let kept else { return nil }
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
