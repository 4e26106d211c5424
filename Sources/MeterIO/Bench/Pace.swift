// When the next connection of a load is due, where it is not simply as soon as possible.

import MeterModel

/// One thread's share of a rate: together the threads keep to it exactly.
package struct Pace: Equatable, Sendable {
  /// Per second, of all threads; 0 for as fast as it goes.
  private let rate: UInt64
  private let thread: UInt64
  private let threads: UInt64

  /// The share of `thread` of `threads`. Precondition: it is one of them.
  package init(perSecond rate: UInt32, thread: Int, of threads: Int) {
    precondition((0..<threads).contains(thread), "a thread of none")
    self.rate = UInt64(rate)
    self.thread = UInt64(thread)
    self.threads = UInt64(threads)
  }

  /// Whether there is a rate to keep to.
  package var isLimited: Bool { rate > 0 }

  /// How many this thread may have begun `microseconds` after the start; the first is due at once.
  package func due(after microseconds: UInt64) -> UInt64 {
    guard rate > 0 else { return .max }
    let all = rate * microseconds / 1_000_000 + 1
    return (all + threads - 1 - thread) / threads
  }
}
