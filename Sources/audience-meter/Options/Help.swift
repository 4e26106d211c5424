/// The maximum width of a line of help.
private let helpWidth = 100

/// The text of `--help`: the usage of the command and all its options, from the table.
package func help(for command: Command) -> String {
  var lines = [command.summary, ""]
  let usages = command == .serve ? Command.announced : [command]
  for (index, usage) in usages.enumerated() {
    lines.append((index == 0 ? "Usage: " : "       ") + "\(programName) \(usage.usage)")
  }
  if command == .serve { lines.append("       \(programName) help [COMMAND]") }
  let options = command.options
  let column = (options.map { label(of: $0).count }.max() ?? 0) + 2
  let (model, others) = options.partitioned { command == .replay && $0.isOfModel }
  lines += ["", "Options:"]
  lines += others.flatMap { entry(of: $0, column: column, showsDefault: true) }
  if !model.isEmpty {
    lines += ["", "Other settings (each replaces that of the log):"]
    lines += model.flatMap { entry(of: $0, column: column, showsDefault: false) }
  }
  lines.append("")
  lines.append("S is a time in seconds, or with another unit: 2, 0.5, 500ms, 5m, 1h.")
  lines.append("If an option is given twice, the last value is used.")
  return lines.joined(separator: "\n") + "\n"
}

private func label(of option: CommandOption) -> String {
  let short = option.short.map { "-\($0), " } ?? "    "
  return "  \(short)--\(option.long)" + (option.syntax.map { " \($0.placeholder)" } ?? "")
}

private func entry(of option: CommandOption, column: Int, showsDefault: Bool) -> [String] {
  let notes = [
    option.syntax?.range, showsDefault ? option.defaultValue.map { "default \($0)" } : nil,
    showsDefault ? option.environment.map { "environment variable \($0)" } : nil,
  ].compactMap(\.self)
  let text = option.help + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
  let label = label(of: option)
  let margin = String(repeating: " ", count: column)
  return wrapped(text, at: helpWidth - column).enumerated().map { index, line in
    (index == 0 ? label + margin.dropFirst(label.count) : margin) + line
  }
}

/// The text in lines of at most `width` characters, broken at blanks.
private func wrapped(_ text: String, at width: Int) -> [String] {
  var lines = [""]
  for word in text.split(separator: " ") {
    let line = lines[lines.count - 1]
    if line.isEmpty {
      lines[lines.count - 1] = String(word)
    } else if line.count + 1 + word.count <= width {
      lines[lines.count - 1] += " \(word)"
    } else {
      lines.append(String(word))
    }
  }
  return lines
}

extension CommandOption {
  fileprivate var isOfModel: Bool {
    switch action {
    case .model: true
    case .help, .version, .serve, .replay, .simulate, .bench: false
    }
  }
}

extension Array {
  /// The elements that fulfil a condition, and the others.
  fileprivate func partitioned(_ isIn: (Element) -> Bool) -> (in: [Element], others: [Element]) {
    (filter(isIn), filter { !isIn($0) })
  }
}
