// How many sockets a group of ports may have, all reactors together, so that none takes the descriptors
// that the others need.

import Synchronization

/// A count of open sockets with a limit.
final class DescriptorBudget: Sendable {
  let limit: Int
  private let used = Atomic(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// Counts one more; the answer is whether the limit is kept.
  func take() -> Bool {
    used.wrappingAdd(1, ordering: .relaxed).newValue <= limit
  }

  /// Counts one fewer.
  func giveBack() {
    used.wrappingSubtract(1, ordering: .relaxed)
  }
}
