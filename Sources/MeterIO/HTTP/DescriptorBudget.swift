// How many sockets a group of ports may have, all reactors together, so that none takes the descriptors
// that the others need.

import Synchronization

/// A count of open sockets with a limit.
final class DescriptorBudget: Sendable {
  private let limit: Int
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

/// The budget of each port. The operator's ports have one of their own, which no stranger can use up.
struct DescriptorBudgets: Sendable {
  private let audience: DescriptorBudget
  private let operation: DescriptorBudget
  private let demo: DescriptorBudget

  init(_ plan: DescriptorPlan) {
    audience = DescriptorBudget(limit: plan.audience)
    operation = DescriptorBudget(limit: plan.operation)
    demo = DescriptorBudget(limit: plan.demo)
  }

  subscript(port: Port) -> DescriptorBudget {
    switch port {
    case .audience: audience
    case .statistics, .messages: operation
    case .demo: demo
    }
  }
}
