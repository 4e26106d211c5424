// The times of a load's connects, where they have a rate.

import MeterModel

/// The share of one thread in a rate, which all threads together keep exactly.
package struct Pace: Equatable, Sendable {
  /// The rate of all threads together, per second; 0 for no limit.
  private let rate: UInt64
  private let thread: UInt64
  private let threads: UInt64

  /// The share of `thread`. Precondition: it is below `threads`.
  package init(perSecond rate: UInt32, thread: Int, of threads: Int) {
    precondition((0..<threads).contains(thread), "a thread of none")
    self.rate = UInt64(rate)
    self.thread = UInt64(thread)
    self.threads = UInt64(threads)
  }

  /// Whether there is a rate.
  package var isLimited: Bool { rate > 0 }

  /// The number of connections that this thread may have begun after `microseconds`. The first is
  /// due at once.
  package func due(after microseconds: UInt64) -> UInt64 {
    guard rate > 0 else { return .max }
    let all = rate * microseconds / 1_000_000 + 1
    return (all + threads - 1 - thread) / threads
  }
}
