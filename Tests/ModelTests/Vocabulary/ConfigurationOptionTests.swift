// The model's options: read, checked and printed the same way on the command line and in a log.

import MeterModel
import Testing

struct ConfigurationOptionTests {
  @Test(arguments: [
    ("0", 0), ("2", 2_000_000_000), ("0.5", 500_000_000), ("500ms", 500_000_000),
    ("1.5s", 1_500_000_000), ("5m", 300_000_000_000), ("1h", 3_600_000_000_000),
    ("0.5h", 1_800_000_000_000), ("0.000000001", 1), ("0.000001ms", 1), ("007", 7_000_000_000),
    ("2305843009.213693952", 1 << 61), ("640511h", 2_305_839_600_000_000_000),
  ])
  func `a delay is seconds or has a unit`(text: String, nanoseconds: UInt64) {
    var configuration = Configuration()
    #expect(ConfigurationOption.incrementDelay.set(text, in: &configuration))
    #expect(configuration.incrementDelay == Duration(nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "", "s", "ms", "-1", "+1", "1 s", "1S", "1d", "1us", "5.", "1..5", "1.5.5", "0x10",
    "1e3", "NaN", "inf", "abc", "0.0000000001", "0.0000001ms", "2305843009.213693953", "640512h",
    "99999999999999999999", "\u{0661}",
  ])
  func `what is no delay is refused and changes nothing`(text: String) {
    var configuration = Configuration()
    #expect(!ConfigurationOption.incrementDelay.set(text, in: &configuration))
    #expect(configuration == Configuration())
  }

  @Test(arguments: [
    ("0.001", true), ("1ms", true), ("0.000999999", false), ("0", false),
  ])
  func `the max delay is at least a millisecond`(text: String, isRead: Bool) {
    var configuration = Configuration()
    #expect(ConfigurationOption.notifyMaxDelay.set(text, in: &configuration) == isRead)
  }

  @Test(arguments: [
    ("0", true), ("1", true), ("0.29", true), ("1.000", true), ("0.123456789012345678", true),
    ("1.000001", false), ("2", false), ("-0.1", false), ("10%", false), ("", false),
    ("0.1234567890123456789", false), (".1", true),
  ])
  func `a ratio is a decimal number from 0 to 1`(text: String, isRead: Bool) {
    var configuration = Configuration()
    #expect(ConfigurationOption.notifyDeltaRatio.set(text, in: &configuration) == isRead)
  }

  @Test(arguments: [
    ("1", true), ("16777216", true), ("0", false), ("4294967296", false), ("1.5", false),
    ("-1", false), ("", false), ("1k", false),
  ])
  func `a limit is a whole number from 1`(text: String, isRead: Bool) {
    var configuration = Configuration()
    #expect(ConfigurationOption.maximumConnections.set(text, in: &configuration) == isRead)
    #expect(ConfigurationOption.maximumNamespaces.set(text, in: &configuration) == isRead)
  }

  @Test func `there may be more connections than namespaces`() {
    var configuration = Configuration()
    #expect(ConfigurationOption.maximumConnections.set("4294967295", in: &configuration))
    #expect(!ConfigurationOption.maximumNamespaces.set("16777217", in: &configuration))
  }

  @Test(arguments: ConfigurationOption.allCases)
  func `an option is found by its name and reads what it prints`(
    option: ConfigurationOption
  ) throws {
    #expect(ConfigurationOption(name: Array(option.rawValue.utf8).span) == option)
    var accepted = 0
    for value in ["1", "0.29", "3.000000001", "77", "shared", "exclusive"] {
      var configuration = Configuration()
      guard option.set(value, in: &configuration) else { continue }
      accepted += 1
      #expect(option.value(in: configuration) == value)
      var again = Configuration()
      #expect(option.set(option.value(in: configuration), in: &again))
      #expect(again == configuration)
    }
    #expect(accepted >= 2)
  }

  @Test func `the defaults are those of the original, and those of the new options`() {
    let values = ConfigurationOption.allCases.map { $0.value(in: Configuration()) }
    #expect(
      values == [
        "3600", "5", "60", "0.1", "2", "25", "0", "5", "30", "off", "45", "1000000", "60",
        "4294967295", "1000000",
      ])
  }
}
