import MeterModel

/// Simulates whole clusters: one, or one after the other on every core until the time is over.
func runNodes(_ settings: SimulateSettings) -> ExitStatus {
  guard settings.seconds == nil else {
    return runSoak(
      settings,
      SoakSubject(
        attempt: { SeedOutcome(nodes: $0) },
        progress: { "\(grouped($0.nodes)) nodes, \(count(of: $0.milestones)) milestones" },
        report: report,
        text: { state, first, _ in
          settings.json
            ? json(state.figures, seed: first, seeds: state.seeds)
            : text(state, firstSeed: first)
        }))
  }
  let outcome = SeedOutcome<NodesFigures>(nodes: settings.seed ?? 1)
  if let failure = outcome.failure { return report(failure, seed: outcome.seed) }
  return writeToStandardOutput(
    settings.json ? json(outcome.figures, seed: outcome.seed) : text(outcome))
}

/// Says what is wrong with a cluster, how to see it again, and what is left of its plan.
private func report(_ failure: Investigation, seed: UInt64) -> ExitStatus {
  nodesFinding(failure, seed: seed).forEach(printError)
  return .difference
}

/// The lines that tell what is wrong with the cluster of a seed.
package func nodesFinding(_ failure: Investigation, seed: UInt64) -> [String] {
  finding(failure, "--nodes --seed \(seed)")
    + (failure.log.map { ["the smallest plan that shows it (\(failure.records) steps):\n\($0)"] }
      ?? [])
}

/// The figures of a cluster, a line each, and the milestones that it reached.
private func text(_ outcome: SeedOutcome<NodesFigures>) -> String {
  let figures = outcome.figures
  let names = figures.milestones.members.map { "\($0)" }.joined(separator: ", ")
  return """
    seed               \(outcome.seed)
    \(lines(of: figures))
    digest             \(figures.digest.hexadecimal)
    milestones         \(count(of: figures.milestones))\(names.isEmpty ? "" : ": " + names)

    """
}

/// The figures of many clusters, a line each.
private func text(_ soak: SoakState<NodesFigures>, firstSeed: UInt64) -> String {
  """
  seeds              \(grouped(soak.seeds)) from \(firstSeed) on
  \(lines(of: soak.figures))
  \(milestoneLines(soak.figures.milestones))

  """
}

private func lines(of figures: NodesFigures) -> String {
  """
  nodes              \(grouped(figures.nodes))
  duration           \(figures.duration.decimalSeconds) s
  datagrams          \(grouped(figures.datagrams))
  """
}

/// The figures of one cluster, or of those of many seeds, as one JSON object.
private func json(_ figures: NodesFigures, seed: UInt64, seeds: UInt64? = nil) -> String {
  var object = JSONObject()
  object.add("seed", seed)
  if let seeds { object.add("seeds", seeds) }
  object.add("nodes", figures.nodes)
  object.add("duration_seconds", decimal: figures.duration.decimalSeconds)
  object.add("datagrams", figures.datagrams)
  object.add("milestones", json: jsonNames(figures.milestones))
  if seeds == nil {
    object.add("digest", text: figures.digest.hexadecimal)
    object.add("verified", flag: true)
  }
  return object.text + "\n"
}
