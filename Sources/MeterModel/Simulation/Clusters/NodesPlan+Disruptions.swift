// The properties of a plan that the judge needs: its faults, and the times until which they last.

extension NodesPlan {
  /// The instant of the last change in the good network. A legacy node leaves without a goodbye,
  /// which takes a node timeout.
  func lastChange(_ timeout: Duration) -> Instant {
    var last = quietAt + configuration.incrementDelay
    for step in steps where step.action == .stop(node: nodes - 1) && hasLegacyNode {
      last = max(last, step.at + Self.delayWhenGood + timeout)
    }
    return last
  }

  /// Whether counts may outlive their node, because it was not heard to leave, or because its
  /// datagrams were repeated.
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

  /// Whether every datagram reaches every node.
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

  /// The maximum time for which a node is paused.
  var maximumPause: Duration {
    var maximum = Duration.zero
    for (index, step) in steps.enumerated() {
      guard case .pause(let node, _) = step.action else { continue }
      let end = steps[index...].first { $0.action == .resume(node: node) }
      maximum = max(maximum, (end?.at ?? healsAt) - step.at)
    }
    return maximum
  }
}
