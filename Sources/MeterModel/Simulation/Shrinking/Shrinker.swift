// The shrinking of a failing log. Any part of a log is a log, so records are left out while the
// rest still fails. Times do not change.

/// Shrinks logs for which `fails` holds.
package struct Shrinker {
  private let fails: (RandomLog) -> Bool

  /// A shrinker of logs for which `fails` holds.
  package init(fails: @escaping (RandomLog) -> Bool) {
    self.fails = fails
  }

  /// A failing log from which nothing can be left out. Precondition: `log` fails.
  package func shrunk(_ log: RandomLog) -> RandomLog {
    var best = truncated(log)
    var length = Int.max
    while best.steps.count < length {
      length = best.steps.count
      best = withoutSubjects(best)
      best = withoutRuns(best)
    }
    return withDefaults(best)
  }

  private func keep(_ candidate: RandomLog, over best: inout RandomLog) {
    if fails(candidate) { best = candidate }
  }

  /// The shortest beginning that fails, by bisection.
  private func truncated(_ log: RandomLog) -> RandomLog {
    var best = log
    var least = 0
    while least < best.steps.count {
      let length = (least + best.steps.count) / 2
      var candidate = best
      candidate.steps.removeLast(best.steps.count - length)
      if fails(candidate) {
        best = candidate
      } else {
        least = length + 1
      }
    }
    return best
  }

  /// The log without one connection, namespace, viewer or node after another, where the rest still
  /// fails.
  private func withoutSubjects(_ log: RandomLog) -> RandomLog {
    var best = log
    for subject in Set(log.steps.flatMap(\.subjects)).sorted() {
      var candidate = best
      candidate.steps.removeAll { $0.subjects.contains(subject) }
      keep(candidate, over: &best)
    }
    return best
  }

  /// The log after runs of records were left out, long runs first.
  private func withoutRuns(_ log: RandomLog) -> RandomLog {
    var best = log
    best.steps = log.steps.leavingOutRuns { steps in
      var candidate = log
      candidate.steps = steps
      return fails(candidate)
    }
    return best
  }

  /// The log with the default of every option that does not matter.
  private func withDefaults(_ log: RandomLog) -> RandomLog {
    var best = log
    for option in ConfigurationOption.allCases {
      var candidate = best
      let value = option.value(in: Configuration())
      guard option.set(value, in: &candidate.configuration) else { continue }
      keep(candidate, over: &best)
    }
    return best
  }
}

extension RandomLog.Step {
  /// The subjects of the step, as words that can be sorted.
  fileprivate var subjects: [String] {
    switch event {
    case .opened(let connection, let namespace, let viewer, _, _):
      ["c\(connection.number)", "n\(namespace.number)", "v\(viewer.number)"]
    case .closed(let connection): ["c\(connection.number)"]
    case .excluded(let viewer): ["v\(viewer.number)"]
    case .message(let namespace, _): ["n\(namespace.number)"]
    case .peer(let node, let namespace, _, _): ["p\(node.number)", "n\(namespace.number)"]
    case .bye(let node): ["p\(node.number)"]
    case .external(let source, let namespace, _): ["s\(source.number)", "n\(namespace.number)"]
    case .retained(let namespace, let service, _, _):
      ["n\(namespace.number)", "r\(service.number)"]
    case .cut(let connection), .arrived(let connection, _): ["c\(connection.number)"]
    case .restarted: []
    case .pinged(let namespace, let viewer), .left(let namespace, let viewer):
      ["n\(namespace.number)", "v\(viewer.number)"]
    case .moved(_, let node): after.map { ["c\($0.number)", "p\(node.number)"] } ?? []
    case .transferred(let namespace, let from, let to):
      ["n\(namespace.number)", "p\(from.number)", "p\(to.number)"]
    }
  }
}
