// Limits of the number of open sockets, for all reactors together, so that no port takes the
// descriptors that the others need.

import Synchronization

/// A group of ports with one budget. The operator's ports have a budget of their own, which
/// strangers cannot use up.
enum BudgetGroup: UInt8, CaseIterable, Sendable {
  case audience, operation, demo
}

/// A count of open sockets with a limit.
final class DescriptorBudget: Sendable {
  private let limit: Int
  private let used = Atomic(0)

  /// A budget of `limit` sockets.
  init(limit: Int) {
    self.limit = limit
  }

  /// Counts one more socket. Returns whether the limit is kept. Any thread may call it.
  func take() -> Bool {
    used.wrappingAdd(1, ordering: .relaxed).newValue <= limit
  }

  /// Counts one socket fewer. Any thread may call it.
  func giveBack() {
    used.wrappingSubtract(1, ordering: .relaxed)
  }
}

/// The budget of each port.
struct DescriptorBudgets: Sendable {
  /// By the port's raw value.
  private let budgets: [DescriptorBudget]

  /// Budgets of which `limit` gives the number of sockets.
  init(limit: (BudgetGroup) -> Int) {
    let groups = BudgetGroup.allCases.map { DescriptorBudget(limit: limit($0)) }
    budgets = Port.allCases.map { groups[Int($0.definition.budget.rawValue)] }
  }

  subscript(port: Port) -> DescriptorBudget { budgets[Int(port.rawValue)] }
}
