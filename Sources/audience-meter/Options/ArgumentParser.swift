import MeterIO
import MeterModel

/// Reads the arguments after the program's name, and the environment for options that are not
/// given. The conventions are those of getopt: `--opt value` and `--opt=value`, `-w 4`, `-w4`,
/// `-dw4`. The argument after an option with a value is its value, whatever it is. `--` ends the
/// options. Names are never abbreviated. If an option is given twice, the last value is used. Help
/// and version end the reading.
package func parse(
  arguments: [String], environment: (String) -> String?
) throws(UsageError) -> Invocation {
  var command = Command.serve
  var rest = arguments[...]
  if arguments.first == "help" { return try helpTopic(arguments.dropFirst()) }
  if let name = arguments.first, !name.hasPrefix("-") {
    command = try Command(named: name)
    rest = rest.dropFirst()
  }
  var parser = ArgumentParser(command: command, rest: rest)
  return try parser.parse(environment: environment)
}

/// The command that `help [COMMAND]` is about; `serve` without one.
private func helpTopic(_ arguments: ArraySlice<String>) throws(UsageError) -> Invocation {
  guard arguments.count <= 1 else {
    throw UsageError(message: "help takes one command; usage: \(programName) help [COMMAND]")
  }
  guard let name = arguments.first else { return .help(.serve) }
  return .help(try Command(named: name))
}

extension Command {
  /// The command with a name of the command line.
  fileprivate init(named name: String) throws(UsageError) {
    guard let command = Command(rawValue: name) else {
      let names = Command.announced.map(\.rawValue).joined(separator: ", ")
      throw UsageError(message: "\(quoted(name)) is no command; there is: \(names)")
    }
    self = command
  }
}

private struct ArgumentParser {
  let command: Command
  var rest: ArraySlice<String>
  var serve = ServeSettings()
  var replay = ReplaySettings()
  var simulate = SimulateSettings()
  var bench = BenchSettings()
  var operands: [String] = []

  /// The long names of the options that were given.
  var given: Set<String> = []

  init(command: Command, rest: ArraySlice<String>) {
    self.command = command
    self.rest = rest
  }

  mutating func parse(environment: (String) -> String?) throws(UsageError) -> Invocation {
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      }
      if argument.hasPrefix("--") {
        if let end = try parseLong(argument) { return end }
      } else if argument.hasPrefix("-"), argument != "-" {
        if let end = try parseShort(argument) { return end }
      } else {
        operands.append(argument)
      }
    }
    switch command {
    case .serve:
      try refuseOperands(after: 0)
      try read(environment)
      try refuseClusterOptionsWithoutEffect()
      try refuse("capture-rotate", without: ["capture"])
      try refuse("capture-viewer-ids", without: ["capture"])
      try refuseHalfALogin()
      if serve.cluster.isEnabled {
        try refuseSlowRounds(
          serve.cluster.notifyInterval, within: serve.configuration.clusterNodeTimeout)
      }
      return .serve(serve)
    case .replay:
      guard !operands.isEmpty else {
        throw UsageError(message: "replay: LOG is missing; usage: \(programName) \(command.usage)")
      }
      try checkReplay()
      replay.logPaths = operands
      return .replay(replay)
    case .simulate:
      try refuseOperands(after: 0)
      try refuseTogether(["seconds", "svg"])
      try refuseTogether(["seconds", "log"])
      if simulate.simulatesNodes {
        try refuse(allBut: CommandOption.nodesToo.union(["nodes"]), beside: "--nodes")
      }
      return .simulate(simulate)
    case .bench:
      try refuseOperands(after: 0)
      try refuseTogether(["distribution", "largest"])
      try checkMode()
      if bench.mode == .cluster {
        try refuseSlowRounds(bench.notifyInterval, within: bench.nodeTimeout)
      }
      return .bench(bench)
    }
  }

  private mutating func parseLong(_ argument: String) throws(UsageError) -> Invocation? {
    let parts = argument.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = command.options.first(where: { $0.long == name }) else {
      throw UsageError(message: "unknown option \(quoted("--\(name)"))\(hint(for: name))")
    }
    let value = parts.count == 2 ? String(parts[1]) : nil
    if option.syntax == nil, value != nil {
      throw UsageError(message: "--\(name) takes no value")
    }
    return try take(option, value: value)
  }

  private mutating func parseShort(_ argument: String) throws(UsageError) -> Invocation? {
    var letters = argument.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = command.options.first(where: { $0.short == letter }) else {
        throw UsageError(message: "unknown option \(quoted("-\(letter)")) (try --help)")
      }
      let takesRest = option.syntax != nil && !letters.isEmpty
      if let end = try take(option, value: takesRest ? String(letters) : nil) { return end }
      if takesRest { return nil }
    }
    return nil
  }

  /// Performs the option. The next argument is its value if it needs one and has none yet.
  private mutating func take(
    _ option: CommandOption, value: String?
  ) throws(UsageError) -> Invocation? {
    switch option.action {
    case .help: return .help(command)
    case .version: return .version
    case .model, .serve, .replay, .simulate, .bench: break
    }
    let accepted = option.syntax?.accepted ?? ""
    guard let text = value ?? (option.syntax == nil ? "" : rest.popFirst()) else {
      throw UsageError(message: "--\(option.long) takes \(accepted), but nothing follows it")
    }
    guard set(option, to: text) else { throw refusal(of: text, for: "--\(option.long)", option) }
    given.insert(option.long)
    if option.isPartOfReproduction { simulate.reproduction.append("--\(option.long) \(text)") }
    return nil
  }

  private mutating func set(_ option: CommandOption, to text: String) -> Bool {
    switch option.action {
    case .help, .version:
      return true
    case .model(let value):
      replay.changes.append { _ = value.read(&$0, text) }
      simulate.changes.append { _ = value.read(&$0, text) }
      return value.read(&serve.configuration, text)
    case .serve(let value):
      return value.read(&serve, text)
    case .replay(let value):
      return value.read(&replay, text)
    case .simulate(let value):
      return value.read(&simulate, text)
    case .bench(let value):
      return value.read(&bench, text)
    }
  }

  private mutating func read(_ environment: (String) -> String?) throws(UsageError) {
    for option in command.options where !given.contains(option.long) {
      // An empty variable counts as unset, as in the original program.
      guard let name = option.environment, let text = environment(name), !text.isEmpty else {
        continue
      }
      let variable = "environment variable \(name)"
      guard set(option, to: text) else { throw refusal(of: text, for: variable, option) }
      serve.origins["--\(option.long)"] = variable
    }
  }

  /// The error for a value that an option does not accept. `origin` is the option or the variable
  /// that gave the value.
  private func refusal(
    of text: String, for origin: String, _ option: CommandOption
  ) -> UsageError {
    let syntax = option.syntax
    let shown = syntax?.isConfidential ?? false ? "'…'" : quoted(text)
    let fault = (syntax?.fault(text)).map { "; \($0)" } ?? ""
    return UsageError(message: "\(origin): \(shown) is not \(syntax?.accepted ?? "")\(fault)")
  }

  private func refuseOperands(after count: Int) throws(UsageError) {
    guard operands.count > count else { return }
    let isCommand = Command(rawValue: operands[count]) != nil
    throw UsageError(
      message: "\(quoted(operands[count])) is one argument too many"
        + (isCommand ? "; the command comes first" : ""))
  }

  /// Refuses options of a replay that contradict each other or have no effect.
  private func checkReplay() throws(UsageError) {
    try refuseTogether(["effects", "text", "json", "explain"])
    try refuseTogether(["text", "csv", "svg", "explain"])
    try refuseTogether(["effects", "svg"])
    for name in ["effects", "text", "csv", "explain"] { try refuseTogether([name, "compare"]) }
    for name in ["effects", "text", "explain", "svg", "compare", "step", "from", "to"] {
      try refuseTogether(["by-namespace", name])
    }
    try refuse("step", without: ["csv"])
    for name in ["from", "to"] { try refuse(name, without: ["csv", "svg", "compare", "explain"]) }
    for name in ["a", "b"] { try refuse(name, without: ["compare"]) }
    if replay.span.isReversed { throw UsageError(message: "--to is before --from") }
    if let time = replay.moment?.time {
      if LogSpan(from: replay.span.from, to: time).isReversed {
        throw UsageError(message: "the time of --explain is before --from")
      }
      if LogSpan(from: time, to: replay.span.to).isReversed {
        throw UsageError(message: "--to is before the time of --explain")
      }
    }
    for (name, path) in [("csv", replay.csvPath), ("svg", replay.svgPath)]
    where path == standardStream {
      for other in ["json", "effects"] where given.contains(other) {
        throw UsageError(
          message: "--\(name) - and --\(other) exclude each other: both are for standard output")
      }
    }
    guard replay.compares else { return }
    if replay.first != nil || replay.second != nil {
      guard replay.changes.isEmpty else {
        throw UsageError(
          message: "--a and --b have all settings that are compared; write the others in them")
      }
    } else if replay.changes.isEmpty {
      throw UsageError(
        message: "--compare needs an option of the model beside it, as --notify-min-delay 5,"
          + " or --a and --b")
    }
  }

  /// Refuses options of loads with the mode `cluster`, and options of clusters with the others.
  private func checkMode() throws(UsageError) {
    let own = Set(CommandOption.benchCluster.map(\.long))
    guard bench.mode == .cluster else {
      guard let name = firstGiven(where: own.contains) else { return }
      throw UsageError(message: "--\(name) needs --mode cluster")
    }
    try refuse(allBut: own.union(CommandOption.benchClusterToo), beside: "--mode cluster")
  }

  private func refuse(
    allBut names: Set<String>, beside option: String
  ) throws(UsageError) {
    guard let name = firstGiven(where: { !names.contains($0) }) else { return }
    throw UsageError(message: "--\(name) does not go with \(option)")
  }

  /// The first option in the table that was given and fulfils a condition.
  private func firstGiven(where isMeant: (String) -> Bool) -> String? {
    command.options.map(\.long).first { given.contains($0) && isMeant($0) }
  }

  private func refuseTogether(_ names: [String]) throws(UsageError) {
    let both = names.filter { given.contains($0) }
    guard both.count > 1 else { return }
    throw UsageError(message: "--\(both[0]) and --\(both[1]) exclude each other")
  }

  /// Refuses an option of a carrier if that carrier is not used: the user expects a cluster, and
  /// there would be none. The two intervals are accepted without a carrier.
  private func refuseClusterOptionsWithoutEffect() throws(UsageError) {
    try refuse("cluster-interface", without: ["cluster-addr"])
    try refuse("cluster-port", without: ["cluster-peers"])
    try refuse("cluster-secret", without: ["cluster-addr", "cluster-peers", "cluster-redis"])
    try refuse("cluster-redis-password", without: ["cluster-redis"])
  }

  /// Refuses a Redis password both in the URL and in a file, and a user without one.
  private func refuseHalfALogin() throws(UsageError) {
    guard let server = serve.cluster.redis else { return }
    let hasFile = serve.cluster.redisPasswordPath != nil
    if hasFile, server.password != nil {
      throw UsageError(
        message: "--cluster-redis-password and a password in --cluster-redis exclude each other")
    }
    if !hasFile, server.user != nil, server.password == nil {
      throw UsageError(
        message: "--cluster-redis names a user without a password (USER:PASSWORD@); it may be in"
          + " the file of --cluster-redis-password")
    }
  }

  /// Refuses an interval with which the nodes of a cluster would forget one another between rounds.
  private func refuseSlowRounds(
    _ interval: Duration, within timeout: Duration
  ) throws(UsageError) {
    guard interval >= timeout else { return }
    throw UsageError(
      message: "--cluster-notify-interval: \(interval.decimalSeconds)s is not less than the"
        + " --cluster-node-timeout of \(timeout.decimalSeconds)s, within which counts must be"
        + " repeated")
  }

  private func refuse(_ name: String, without others: [String]) throws(UsageError) {
    guard given.contains(name), given.isDisjoint(with: others) else { return }
    let names = others.map { "--\($0)" }
    let needed = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "")
    throw UsageError(message: "--\(name) has no effect without \(needed)\(names[names.count - 1])")
  }

  /// The option that was probably meant, or a reference to help.
  private func hint(for name: String) -> String {
    let near = command.options.map(\.long).first {
      (name.count >= 3 && $0.hasPrefix(name)) || isNear($0, name)
    }
    return near.map { "; did you mean --\($0)?" } ?? " (try --help)"
  }
}

/// The text in quotes, on one line, with control characters escaped, and at most 80 characters of
/// it.
private func quoted(_ text: String) -> String {
  var result = "'"
  for scalar in text.unicodeScalars.prefix(80) {
    let isPrintable = scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
    result += isPrintable ? String(scalar) : scalar.escaped(asASCII: true)
  }
  return result + (text.unicodeScalars.count > 80 ? "…'" : "'")
}

/// Whether at most two insertions, deletions or replacements of letters change one name into the
/// other.
private func isNear(_ one: String, _ other: String) -> Bool {
  let (one, other) = (Array(one.utf8), Array(other.utf8))
  guard abs(one.count - other.count) <= 2 else { return false }
  var row = Array(0...other.count)
  for (line, letter) in one.enumerated() {
    var diagonal = row[0]
    row[0] = line + 1
    for column in other.indices {
      let replaced = diagonal + (other[column] == letter ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[other.count] <= 2
}
