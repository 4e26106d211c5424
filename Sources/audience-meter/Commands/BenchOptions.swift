import MeterIO
import MeterModel

extension OptionValue<BenchSettings> {
  /// One of the raw values of a type.
  static func word<Word: RawRepresentable & CaseIterable & Sendable>(
    _ property: Property<Word>, default isShown: Bool = true
  ) -> Self where Word.RawValue == String {
    Self(
      syntax: words(Word.self),
      read: { settings, text in
        guard let word = Word(rawValue: text) else { return false }
        settings[keyPath: property] = word
        return true
      }, show: { isShown ? $0[keyPath: property].rawValue : nil })
  }

  /// One of the raw values of a type, without a default.
  static func word<Word: RawRepresentable & CaseIterable & Sendable>(
    _ property: Property<Word?>
  ) -> Self where Word.RawValue == String {
    Self(
      syntax: words(Word.self),
      read: { settings, text in
        guard let word = Word(rawValue: text) else { return false }
        settings[keyPath: property] = word
        return true
      }, show: { _ in nil })
  }

  private static func words<Word: RawRepresentable & CaseIterable>(
    _ type: Word.Type
  ) -> ValueSyntax where Word.RawValue == String {
    ValueSyntax(
      placeholder: "WORD",
      accepted: "one of " + type.allCases.map(\.rawValue).joined(separator: ", "))
  }

  /// One of two words, of which the second means true.
  static func choice(_ property: Property<Bool>, _ no: String, _ yes: String) -> Self {
    Self(
      syntax: ValueSyntax(placeholder: "WORD", accepted: "one of \(no), \(yes)"),
      read: { settings, text in
        guard text == no || text == yes else { return false }
        settings[keyPath: property] = text == yes
        return true
      }, show: { $0[keyPath: property] ? yes : no })
  }

  /// A whole number in `range`, without a default.
  static func number(_ property: Property<UInt32?>, _ range: ClosedRange<UInt32>) -> Self {
    let bounds = "\(range.lowerBound) to \(range.upperBound)"
    return Self(
      syntax: ValueSyntax(
        placeholder: "N", accepted: "a whole number from \(bounds)", range: bounds),
      read: { settings, text in
        guard let number = UInt64(digits: text.utf8.span), let number = UInt32(exactly: number),
          range.contains(number)
        else { return false }
        settings[keyPath: property] = number
        return true
      }, show: { _ in nil })
  }

  /// Any number of 64 bits.
  static func seed(_ property: Property<UInt64>) -> Self {
    Self(
      syntax: ValueSyntax(placeholder: "N", accepted: "a whole number below 2^64"),
      read: { settings, text in
        guard let seed = UInt64(digits: text.utf8.span) else { return false }
        settings[keyPath: property] = seed
        return true
      }, show: { "\($0[keyPath: property])" })
  }

  /// A time from `least` to `most`, which is a day by default.
  static func time(
    _ property: Property<Duration>, atLeast least: Duration = .zero,
    atMost most: Duration = .seconds(86_400)
  ) -> Self {
    let bounds = "\(least.decimalSeconds) to \(most.decimalSeconds)"
    return Self(
      syntax: ValueSyntax(
        placeholder: "S", accepted: "a time from \(bounds) seconds (2, 500ms, 5m)"),
      read: { settings, text in
        guard let time = Duration(decimal: text.utf8.span, atLeast: least), time <= most
        else { return false }
        settings[keyPath: property] = time
        return true
      }, show: { "\($0[keyPath: property].decimalSeconds)s" })
  }

  /// A fraction from 0 to 1.
  static func fraction(_ property: Property<Fraction>) -> Self {
    Self(
      property,
      ValueSyntax(placeholder: "R", accepted: "a number from 0 to 1", range: "0 to 1"),
      read: { text in Fraction(decimal: Array(text.utf8).span) }, show: { $0.decimal })
  }

  /// A URL with placeholders.
  static let trigger = Self(
    syntax: ValueSyntax(
      placeholder: "URL",
      accepted: "http://HOST:PORT/… or tcp://HOST:PORT/… with {round} in what follows"),
    read: { settings, text in
      guard let trigger = TriggerTemplate(text) else { return false }
      settings.trigger = trigger
      return true
    }, show: { _ in nil })

  /// The beginning of a namespace's name: characters that need no escape in a path.
  static func prefix(_ property: Property<String>) -> Self {
    Self(
      syntax: ValueSyntax(
        placeholder: "TEXT", accepted: "1 to 200 letters, digits or any of -._~"),
      read: { settings, text in
        let isName = text.utf8.allSatisfy {
          switch $0 {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
          default: false
          }
        }
        guard isName, (1...200).contains(text.utf8.count) else { return false }
        settings[keyPath: property] = text
        return true
      }, show: { $0[keyPath: property] })
  }
}
