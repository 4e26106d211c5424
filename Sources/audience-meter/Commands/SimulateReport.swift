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
  seeds              \(grouped(soak.seeds)) from \(options.seed) on
  \(lines(of: soak.figures, seconds: seconds))
  \(milestoneLines(soak.figures.milestones))

  """
}

/// The figures as one JSON object, under the names of a replay's (§7) where it has them.
func json(
  _ figures: SimulationFigures, _ options: SimulationOptions, seeds: UInt64? = nil,
  seconds: Duration
) -> String {
  var fields = [
    "\"profile\":\"\(options.profile.rawValue)\"", "\"seed\":\(options.seed)",
    figures.replay.jsonMembers,
    "\"events_per_second\":\(rate(figures.records, over: seconds))",
    "\"milestones\":\(jsonNames(figures.milestones))",
  ]
  // The digest of many seeds, which end in any order, would tell nothing.
  if let seeds {
    fields.insert("\"seeds\":\(seeds)", at: 2)
  } else {
    fields.append("\"digest\":\"\(figures.digest.hexadecimal)\"")
    fields.append("\"verified\":true")
  }
  return "{\(fields.joined(separator: ","))}\n"
}

private func lines(of figures: SimulationFigures, seconds: Duration) -> String {
  """
  records            \(grouped(figures.records))
  duration           \(figures.duration.decimalSeconds) s
  namespaces         \(grouped(figures.namespaces))
  opened             \(grouped(figures.opened))
  counted            \(grouped(figures.counted))
  peak members       \(grouped(figures.peakMembers))
  notifications      \(grouped(figures.notifications))
  events per second  \(grouped(rate(figures.records, over: seconds)))
  """
}

/// How many milestones many seeds have reached, and which they have not.
func milestoneLines<Kind>(_ milestones: ReachedMilestones<Kind>) -> String {
  let missing = milestones.missing.map { "\($0)" }.joined(separator: ", ")
  let count = "milestones         \(count(of: milestones))"
  return missing.isEmpty ? count : "\(count); not \(missing)"
}

/// How many milestones were reached, of how many.
func count<Kind>(of milestones: ReachedMilestones<Kind>) -> String {
  "\(milestones.members.count) of \(Kind.allCases.count)"
}

/// The milestones that were reached as a JSON array.
func jsonNames<Kind>(_ milestones: ReachedMilestones<Kind>) -> String {
  "[\(milestones.members.map { "\"\($0)\"" }.joined(separator: ","))]"
}

/// A number with a comma after each three digits.
func grouped(_ number: UInt64) -> String {
  var digits = Array(String(number))
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: place)
    place -= 3
  }
  return String(digits)
}
