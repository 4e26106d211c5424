import MeterModel

/// Simulates a cluster; or clusters of one seed after the other on every core for a time.
func runNodes(_ settings: SimulateSettings) -> ExitStatus {
  guard settings.seconds == nil else {
    return runSoak(
      settings,
      SoakSubject(
        attempt: { SeedOutcome(nodes: $0) },
        progress: { "\($0.nodes.grouped) nodes, \(count(of: $0.milestones)) milestones" },
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

/// Prints a failure of a cluster, the command that reproduces it, and the shrunk plan.
private func report(_ failure: Investigation, seed: UInt64) -> ExitStatus {
  nodesFinding(failure, seed: seed).forEach(printError)
  return .difference
}

/// The lines that describe a failure of the cluster of a seed.
package func nodesFinding(_ failure: Investigation, seed: UInt64) -> [String] {
  finding(failure, "--nodes --seed \(seed)")
    + (failure.log.map { ["the smallest plan that shows it (\(failure.records) steps):\n\($0)"] }
      ?? [])
}

/// The figures of a cluster and the milestones that it reached, a line each.
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
  seeds              \(soak.seeds.grouped) from \(firstSeed) on
  \(lines(of: soak.figures))
  \(milestoneLines(soak.figures.milestones))

  """
}

/// The lines that one cluster and many have in common.
private func lines(of figures: NodesFigures) -> String {
  """
  nodes              \(figures.nodes.grouped)
  duration           \(figures.duration.decimalSeconds) s
  datagrams          \(figures.datagrams.grouped)
  """
}

/// The figures of one cluster, or of those of many seeds, as one JSON object.
private func json(_ figures: NodesFigures, seed: UInt64, seeds: UInt64? = nil) -> String {
  var writer = JSONWriter()
  writer.beginObject()
  writer.member("seed", seed)
  if let seeds { writer.member("seeds", seeds) }
  writer.member("nodes", figures.nodes)
  writer.member("duration_seconds", decimal: figures.duration.decimalSeconds)
  writer.member("datagrams", figures.datagrams)
  writer.name("milestones")
  write(figures.milestones, to: &writer)
  if seeds == nil {
    writer.member("digest", figures.digest.hexadecimal)
    writer.member("verified", true)
  }
  writer.endObject()
  return writer.text + "\n"
}
