import MeterModel

/// What the values of an option look like.
package struct ValueSyntax: Sendable {
  /// What stands for the value in help.
  package let placeholder: String

  /// What is accepted, to end the sentence "'x' is not …".
  package let accepted: String

  /// The range, where help should tell it.
  var range: String?
}

/// How an option's value is read into a property of some settings, and how the property is shown. The
/// default that help shows is read from fresh settings, so it cannot differ from the truth.
package struct OptionValue<Root>: Sendable {
  /// What is read; nil for a flag, which takes no value.
  let syntax: ValueSyntax?

  /// Reads the value; false, and the settings as they were, when it is not accepted.
  let read: @Sendable (inout Root, String) -> Bool

  /// The property as text, with its unit; nil for none.
  let show: @Sendable (Root) -> String?
}

extension OptionValue {
  typealias Property<Value> = WritableKeyPath<Root, Value> & Sendable

  /// An option without value, which sets the property.
  static func flag(_ property: Property<Bool>) -> Self {
    Self(
      syntax: nil,
      read: { settings, _ in
        settings[keyPath: property] = true
        return true
      }, show: { _ in nil })
  }

  /// A time from `least` to `Duration.longest`.
  static func duration(_ property: Property<Duration>, from least: Duration = .zero) -> Self {
    let longest = Duration.longest.nanoseconds / 1_000_000_000
    return Self(
      syntax: ValueSyntax(
        placeholder: "S",
        accepted: "a time from \(DecimalText.print(least)) to \(longest) seconds"
          + " (2, 0.5, 500ms, 5m, 1h)",
        range: least > .zero ? "at least \(DecimalText.print(least))s" : nil),
      read: { settings, text in
        guard let duration = DecimalText.parseDuration(text.utf8.span), duration >= least
        else { return false }
        settings[keyPath: property] = duration
        return true
      }, show: { "\(DecimalText.print($0[keyPath: property]))s" })
  }

  /// A ratio from 0 to 1.
  static func ratio(_ property: Property<Fraction>) -> Self {
    Self(
      syntax: ValueSyntax(placeholder: "R", accepted: "a number from 0 to 1", range: "0 to 1"),
      read: { settings, text in
        guard let ratio = DecimalText.parseFraction(text.utf8.span) else { return false }
        settings[keyPath: property] = ratio
        return true
      }, show: { DecimalText.print($0[keyPath: property]) })
  }

  /// A whole number in `range`.
  static func number(_ property: Property<UInt32>, _ range: ClosedRange<UInt32>) -> Self {
    Self(
      syntax: ValueSyntax(
        placeholder: "N",
        accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)",
        range: "\(range.lowerBound) to \(range.upperBound)"),
      read: { settings, text in
        guard let number = DecimalText.parseUnsigned(text.utf8.span),
          let value = UInt32(exactly: number), range.contains(value)
        else { return false }
        settings[keyPath: property] = value
        return true
      }, show: { "\($0[keyPath: property])" })
  }

  /// A port, of which 0 is one too.
  static func port(_ property: Property<UInt16>) -> Self {
    Self(
      syntax: ValueSyntax(placeholder: "P", accepted: "a port from 0 to 65535"),
      read: { settings, text in
        guard let port = port(text) else { return false }
        settings[keyPath: property] = port
        return true
      }, show: { "\($0[keyPath: property])" })
  }

  /// A port, where 0 is none.
  static func portOrNone(_ property: Property<UInt16?>) -> Self {
    Self(
      syntax: ValueSyntax(placeholder: "P", accepted: "a port from 1 to 65535, or 0 for none"),
      read: { settings, text in
        guard let port = port(text) else { return false }
        settings[keyPath: property] = port == 0 ? nil : port
        return true
      }, show: { settings in settings[keyPath: property].map { "\($0)" } })
  }

  /// An address or a name that is still to be resolved.
  static func host(_ property: Property<String?>) -> Self {
    Self(
      syntax: ValueSyntax(
        placeholder: "A", accepted: "an IPv4 or IPv6 address or the name of a host"),
      read: { settings, text in
        guard isHost(text) else { return false }
        settings[keyPath: property] = text
        return true
      }, show: { $0[keyPath: property] })
  }

  private static func port(_ text: String) -> UInt16? {
    DecimalText.parseUnsigned(text.utf8.span).flatMap { UInt16(exactly: $0) }
  }

  /// Whether `text` could be resolved at all: letters, digits and what addresses, zones and names
  /// (RFC 1123, 253 bytes at most) have between them. It begins with no hyphen, so that an option in
  /// the place of a value is noticed.
  private static func isHost(_ text: String) -> Bool {
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
