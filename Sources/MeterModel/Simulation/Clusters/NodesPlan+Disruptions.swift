// What the judge has to know of a plan: what may go wrong in it, and until when.

extension NodesPlan {
  /// When nothing changes any more in the good network, with a node timeout for an original node, which leaves
  /// without a word.
  func lastChange(_ timeout: Duration) -> Instant {
    var last = quietAt + configuration.incrementDelay
    for step in steps where step.action == .stop(node: nodes - 1) && hasOldNode {
      last = max(last, step.at + Self.delayWhenGood + timeout)
    }
    return last
  }

  /// Whether counts may outlive their node, as it was not heard to leave, or what it said was repeated.
  var isDisrupted: Bool {
    isAttacked
      || steps.contains { step in
        switch step.action {
        case .kill, .stop: step.at <= healsAt
        case .open, .close, .publish, .ask, .cut, .cutHub, .pause, .resume, .start, .hostile: false
        }
      }
  }

  var isAttacked: Bool {
    steps.contains { step in if case .hostile = step.action { true } else { false } }
  }

  /// Whether nothing keeps a datagram from any node.
  var isUndisturbed: Bool {
    faults.lost == 0
      && steps.allSatisfy { step in
        switch step.action {
        case .open, .close, .publish, .ask, .hostile: true
        case .stop: step.at > healsAt
        case .cut, .cutHub, .pause, .resume, .kill, .start: false
        }
      }
  }

  /// How long a node stands still at most.
  var longestPause: Duration {
    var longest = Duration.zero
    for (index, step) in steps.enumerated() {
      guard case .pause(let node, _) = step.action else { continue }
      let end = steps[index...].first { $0.action == .resume(node: node) }
      longest = max(longest, (end?.at ?? healsAt) - step.at)
    }
    return longest
  }
}
