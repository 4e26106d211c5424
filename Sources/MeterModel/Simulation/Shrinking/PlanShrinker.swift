// The shrinking of a failing plan: first steps are left out, long runs before short ones, then
// faults of the network, while the rest still fails.

/// Shrinks plans in which the judge finds a violation.
package struct PlanShrinker {
  private let fault: NodeFault?

  /// A shrinker of plans that fail when the nodes have a fault, or none.
  package init(fault: NodeFault?) {
    self.fault = fault
  }

  /// A failing plan from which no step can be left out. Precondition: `plan` fails.
  package func shrunk(_ plan: NodesPlan) -> NodesPlan {
    var best = plan
    best.steps = plan.steps.leavingOutRuns { steps in
      var candidate = plan
      candidate.steps = steps
      return candidate.violation(fault: fault) != nil
    }
    return withoutFaults(best)
  }

  private func withoutFaults(_ plan: NodesPlan) -> NodesPlan {
    var best = plan
    for leaveOut: (inout NodesPlan) -> Void in [
      { $0.faults = NodesPlan.Faults() }, { $0.faults.doubled = 0 }, { $0.hasSecret = false },
      { $0.hasLegacyNode = false }, { $0.hasBadCounts = false },
      { $0.drifts = $0.drifts.map { _ in 0 } }, { $0.skews = $0.skews.map { _ in 0 } },
    ] {
      var candidate = best
      leaveOut(&candidate)
      keep(candidate, over: &best)
    }
    return best
  }

  private func keep(_ candidate: NodesPlan, over best: inout NodesPlan) {
    if candidate.violation(fault: fault) != nil { best = candidate }
  }
}

extension NodesPlan {
  /// The violation when the plan runs with nodes that have a fault; nil if there is none.
  package func violation(fault: NodeFault?) -> String? {
    var simulation = ClusterSimulation(self, fault: fault)
    return simulation.firstViolation()
  }
}
