import MeterModel

/// The form of an option's values.
package struct ValueSyntax: Sendable {
  /// The placeholder of the value in help.
  package let placeholder: String

  /// The accepted values, to end the sentence "'x' is not …".
  package let accepted: String

  /// The range, if help shows it.
  var range: String?

  /// Whether a value may contain a password, so that an error does not repeat it.
  var isConfidential = false

  /// The fault of a text that is not accepted, as a clause; nil where there is nothing to add to
  /// `accepted`.
  package var fault: @Sendable (String) -> String? = { _ in nil }
}

/// The conversions between an option's value and a property of some settings. Help reads the
/// default from new settings, so it is always the real one.
package struct OptionValue<Root>: Sendable {
  /// The form of the value; nil for a flag, which has none.
  let syntax: ValueSyntax?

  /// Reads the value. Returns false and changes nothing if it is not accepted.
  let read: @Sendable (inout Root, String) -> Bool

  /// The property as text, with its unit; nil if it has none.
  let show: @Sendable (Root) -> String?
}

extension OptionValue {
  typealias Property<Value> = WritableKeyPath<Root, Value> & Sendable

  /// An option whose value `read` converts; nil for a text that is not accepted.
  init<Value>(
    _ property: Property<Value>, _ syntax: ValueSyntax,
    read: @escaping @Sendable (String) -> Value?, show: @escaping @Sendable (Value) -> String?
  ) {
    self.syntax = syntax
    self.read = { settings, text in
      guard let value = read(text) else { return false }
      settings[keyPath: property] = value
      return true
    }
    self.show = { show($0[keyPath: property]) }
  }

  /// A flag, which sets the property to true.
  static func flag(_ property: Property<Bool>) -> Self {
    Self(
      syntax: nil,
      read: { settings, _ in
        settings[keyPath: property] = true
        return true
      }, show: { _ in nil })
  }

  /// A whole number in `range`.
  static func number(_ property: Property<UInt32>, _ range: ClosedRange<UInt32>) -> Self {
    let bounds = "\(range.lowerBound) to \(range.upperBound)"
    return Self(
      property,
      ValueSyntax(placeholder: "N", accepted: "a whole number from \(bounds)", range: bounds),
      read: { text in
        UInt64(digits: text.utf8.span).flatMap { UInt32(exactly: $0) }
          .flatMap { range.contains($0) ? $0 : nil }
      }, show: { "\($0)" })
  }

  /// A port; 0 is accepted as one.
  static func port(_ property: Property<UInt16>) -> Self {
    Self(
      property, ValueSyntax(placeholder: "P", accepted: "a port from 0 to 65535"),
      read: port, show: { "\($0)" })
  }

  /// A port; 0 means none.
  static func portOrNone(_ property: Property<UInt16?>) -> Self {
    Self(
      property,
      ValueSyntax(placeholder: "P", accepted: "a port from 1 to 65535, or 0 for none"),
      read: { text in port(text).map { $0 == 0 ? nil : $0 } }, show: { $0.map { "\($0)" } })
  }

  /// An interval of at least 10 ms.
  static func interval(_ property: Property<Duration>) -> Self {
    let least = Duration.milliseconds(10)
    return Self(
      property,
      ValueSyntax(
        placeholder: "S",
        accepted:
          "a time from \(least.decimalSeconds) to \(Duration.maximum.decimalSeconds) seconds"
          + " (2, 0.5, 500ms, 5m, 1h)", range: "at least \(least.decimalSeconds)s"),
      read: { text in Duration(decimal: Array(text.utf8).span, atLeast: least) },
      show: { "\($0.decimalSeconds)s" })
  }

  /// A number of bytes, at least 64 KB.
  static func size(_ property: Property<UInt64?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "SIZE", accepted: "a size from 64K to 1024G (with K, M or G)",
        range: "64K to 1024G"),
      read: { text in size(text).map { .some($0) } }, show: { $0.map { "\($0)" } })
  }

  @Sendable private static func size(_ text: String) -> UInt64? {
    let units: [Character: UInt64] = ["K": 10, "M": 20, "G": 30]
    let shift = text.last.flatMap { units[$0] } ?? 0
    let digits = shift == 0 ? text : String(text.dropLast())
    guard let number = UInt64(digits: digits.utf8.span), number <= UInt64.max >> shift,
      (1 << 16...1 << 40).contains(number << shift)
    else { return nil }
    return number << shift
  }

  /// An address, or a name that is resolved later.
  static func host(_ property: Property<String?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "A", accepted: "an IPv4 or IPv6 address or the name of a host"),
      read: { text in isHost(text) ? .some(text) : nil }, show: { $0 })
  }

  /// A list of names of this machine.
  static func names(_ property: Property<LocalNames>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "LIST",
        accepted: "up to \(LocalNames.maximumCount) names of hosts, with commas between them"
          + " (meter.example,stats.example)"),
      read: { text in LocalNames(text) }, show: { $0.list })
  }

  /// The path of a file.
  static func file(_ property: Property<String?>) -> Self {
    Self(
      property, ValueSyntax(placeholder: "FILE", accepted: "the path of a file"),
      read: { text in text.isEmpty || text.utf8.contains(0) ? nil : .some(text) }, show: { $0 })
  }

  @Sendable private static func port(_ text: String) -> UInt16? {
    UInt64(digits: text.utf8.span).flatMap { UInt16(exactly: $0) }
  }

  /// Whether `text` has the form of a host: letters, digits and the punctuation of addresses, zones
  /// and names (RFC 1123), at most 253 bytes. A hyphen at the start is refused, so that an option
  /// in the place of a value is found.
  static func isHost(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 253 && !text.hasPrefix("-")
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"):
          true
        default: false
        }
      }
  }
}

extension OptionValue<Configuration> {
  /// A setting of the model, which determines the accepted values.
  static func setting(_ option: ConfigurationOption) -> Self {
    let (placeholder, range, unit): (String, String?, String) =
      switch option.kind {
      case .delay(let least):
        ("S", least > .zero ? "at least \(least.decimalSeconds)s" : nil, "s")
      case .ratio: ("R", "0 to 1", "")
      case .limit(let most): ("N", "1 to \(most)", "")
      case .mode: ("MODE", "off, exclusive or shared", "")
      }
    return Self(
      syntax: ValueSyntax(placeholder: placeholder, accepted: option.accepts, range: range),
      read: { configuration, text in option.set(text, in: &configuration) },
      show: { "\(option.value(in: $0))\(unit)" })
  }
}
