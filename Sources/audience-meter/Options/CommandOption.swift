import MeterIO
import MeterModel

/// An option of the command line.
package struct CommandOption: Sendable {
  /// The name after `--`.
  package let long: String

  /// The letter after `-`; nil if there is none.
  package let short: Character?

  /// The action of the option.
  package let action: OptionAction

  /// The description in help, without range, default and unit.
  package let help: String

  /// The description of a default that is no value.
  let defaultText: String?

  /// The environment variable that is read if the option is not given; nil if there is none.
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

  /// A setting of the model, with the same name as in the log.
  init(_ setting: ConfigurationOption, _ help: String, default defaultText: String? = nil) {
    self.init(setting.rawValue, .model(.setting(setting)), help, default: defaultText)
  }

  /// The form of the option's values; nil for a flag.
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

/// The action of an option: it ends the reading of the command line, or sets a property. The owner
/// of the property determines the commands that have the option.
package enum OptionAction: Sendable {
  case help
  case version

  /// Sets a property of the meter's configuration.
  case model(OptionValue<Configuration>)

  /// Sets a property of the daemon.
  case serve(OptionValue<ServeSettings>)

  /// Sets a property of a replay.
  case replay(OptionValue<ReplaySettings>)

  /// Sets a property of a simulation.
  case simulate(OptionValue<SimulateSettings>)

  /// Sets a property of a load.
  case bench(OptionValue<BenchSettings>)
}

extension Command {
  /// The options of the command, in the order of the table.
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
