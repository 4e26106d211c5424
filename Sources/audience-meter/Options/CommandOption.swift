import MeterIO
import MeterModel

/// One option as the table declares it.
package struct CommandOption: Sendable {
  /// The name after `--`.
  package let long: String

  /// The letter after `-`, where there is one.
  package let short: Character?

  /// What the option does.
  package let action: OptionAction

  /// What help says of it; ranges, default and unit are added.
  package let help: String

  /// What help says of the default where it is no value.
  let defaultText: String?

  /// The environment variable that is read where the option is not given.
  package let environment: String?

  init(
    _ long: String, short: Character? = nil, _ action: OptionAction, _ help: String,
    default defaultText: String? = nil, environment: String? = nil
  ) {
    self.long = long
    self.short = short
    self.action = action
    self.help = help
    self.defaultText = defaultText
    self.environment = environment
  }

  /// A setting of the model, under the name that the log calls it by too.
  init(_ setting: ConfigurationOption, _ help: String, default defaultText: String? = nil) {
    self.init(setting.rawValue, .model(.setting(setting)), help, default: defaultText)
  }

  /// What values the option takes; nil for a flag.
  package var syntax: ValueSyntax? {
    switch action {
    case .help, .version: nil
    case .model(let value): value.syntax
    case .serve(let value): value.syntax
    case .replay(let value): value.syntax
    case .simulate(let value): value.syntax
    case .bench(let value): value.syntax
    }
  }

  /// The default as text, with its unit; nil for a flag.
  package var defaultValue: String? {
    if let defaultText { return defaultText }
    return switch action {
    case .help, .version: nil
    case .model(let value): value.show(Configuration())
    case .serve(let value): value.show(ServeSettings())
    case .replay(let value): value.show(ReplaySettings())
    case .simulate(let value): value.show(SimulateSettings())
    case .bench(let value): value.show(BenchSettings())
    }
  }
}

/// What an option does: it ends the reading of the command line, or it sets a property. Whose property
/// decides which commands take it.
package enum OptionAction: Sendable {
  case help
  case version

  /// Sets something of the meter's configuration, for every command that has one.
  case model(OptionValue<Configuration>)

  /// Sets something of the daemon's.
  case serve(OptionValue<ServeSettings>)

  /// Sets something of a replay's.
  case replay(OptionValue<ReplaySettings>)

  /// Sets something of a simulation's.
  case simulate(OptionValue<SimulateSettings>)

  /// Sets something of a load's.
  case bench(OptionValue<BenchSettings>)
}

extension Command {
  /// The options that the command takes, in the order of the table.
  package var options: [CommandOption] {
    CommandOption.table.filter { option in
      switch option.action {
      case .help, .version: true
      case .model: self != .bench
      case .serve: self == .serve
      case .replay: self == .replay
      case .simulate: self == .simulate
      case .bench: self == .bench
      }
    }
  }
}
