import MeterModel

/// The figures of a simulation, a line each.
func text(
  _ figures: SimulationFigures, _ options: SimulationOptions, seconds: Duration
) -> String {
  """
  profile            \(options.profile.rawValue)
  seed               \(options.seed)
  \(lines(of: figures, seconds: seconds))
  digest             \(figures.digest.hexadecimal)
  milestones         \(count(of: figures.milestones))

  """
}

/// The figures of many seeds, a line each.
func text(
  _ soak: SoakState<SimulationFigures>, _ options: SimulationOptions, seconds: Duration
) -> String {
  """
  profile            \(options.profile.rawValue)
  seeds              \(soak.seeds.grouped) from \(options.seed) on
  \(lines(of: soak.figures, seconds: seconds))
  \(milestoneLines(soak.figures.milestones))

  """
}

/// The figures as one JSON object, with the names of the figures of a replay (§7). `seeds` is the
/// number of seeds; nil for a single one.
func json(
  _ figures: SimulationFigures, _ options: SimulationOptions, seeds: UInt64? = nil,
  seconds: Duration
) -> String {
  var writer = JSONWriter()
  writer.beginObject()
  writer.member("profile", options.profile.rawValue)
  writer.member("seed", options.seed)
  if let seeds { writer.member("seeds", seeds) }
  figures.replay.writeCounts(to: &writer)
  writer.member("events_per_second", rate(figures.records, over: seconds))
  writer.name("milestones")
  write(figures.milestones, to: &writer)
  // The digest of many seeds depends on the order in which they finish.
  if seeds == nil {
    writer.member("digest", figures.digest.hexadecimal)
    writer.member("verified", true)
  }
  writer.endObject()
  return writer.text + "\n"
}

/// The lines that one seed and many seeds have in common.
private func lines(of figures: SimulationFigures, seconds: Duration) -> String {
  """
  records            \(figures.records.grouped)
  duration           \(figures.duration.decimalSeconds) s
  namespaces         \(figures.namespaces.grouped)
  opened             \(figures.opened.grouped)
  counted            \(figures.counted.grouped)
  peak members       \(figures.peakMembers.grouped)
  notifications      \(figures.notifications.grouped)
  events per second  \(rate(figures.records, over: seconds).grouped)
  """
}

/// The number of milestones that many seeds reached, and the names of the others.
func milestoneLines<Kind>(_ milestones: ReachedMilestones<Kind>) -> String {
  let missing = milestones.missing.map { "\($0)" }.joined(separator: ", ")
  let count = "milestones         \(count(of: milestones))"
  return missing.isEmpty ? count : "\(count); not \(missing)"
}

/// The number of milestones that were reached, and of all.
func count<Kind>(of milestones: ReachedMilestones<Kind>) -> String {
  "\(milestones.members.count) of \(Kind.allCases.count)"
}

/// Writes the milestones that were reached as a JSON array.
func write<Kind>(_ milestones: ReachedMilestones<Kind>, to writer: inout JSONWriter) {
  writer.beginArray()
  for milestone in milestones.members { writer.write("\(milestone)") }
  writer.endArray()
}
