// Makes a failing plan small: steps are left out, the long runs of them first, and then faults of the network,
// for as long as the rest still fails.

/// Shrinks plans of which the judge complains.
package struct PlanShrinker {
  private let fault: NodeFault?

  package init(fault: NodeFault?) {
    self.fault = fault
  }

  /// A plan that fails and from which no step can be left out. Precondition: `plan` fails.
  package func shrunk(_ plan: NodesPlan) -> NodesPlan {
    var best = plan
    best.steps = plan.steps.leavingOutRuns { steps in
      var candidate = plan
      candidate.steps = steps
      return candidate.complaint(fault: fault) != nil
    }
    return withoutFaults(best)
  }

  private func withoutFaults(_ plan: NodesPlan) -> NodesPlan {
    var best = plan
    for leaveOut: (inout NodesPlan) -> Void in [
      { $0.faults = NodesPlan.Faults() }, { $0.faults.doubled = 0 }, { $0.hasSecret = false },
      { $0.hasOldNode = false }, { $0.drifts = $0.drifts.map { _ in 0 } },
      { $0.skews = $0.skews.map { _ in 0 } },
    ] {
      var candidate = best
      leaveOut(&candidate)
      keep(candidate, over: &best)
    }
    return best
  }

  private func keep(_ candidate: NodesPlan, over best: inout NodesPlan) {
    if candidate.complaint(fault: fault) != nil { best = candidate }
  }
}

extension NodesPlan {
  /// What is wrong when the plan is run, with nodes that have a rule wrong; nil if nothing is.
  package func complaint(fault: NodeFault?) -> String? {
    var simulation = ClusterSimulation(self, fault: fault)
    return simulation.firstComplaint()
  }
}
