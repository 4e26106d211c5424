// The header of a section: which options it may have, and what is damage.

import MeterModel
import Testing

struct HeaderTests {
  /// The settings of a header without options: as before departures, with exclusive viewer ids.
  private static var former: Configuration {
    var configuration = Configuration()
    configuration.decrementDelay = .zero
    configuration.restartDelay = .zero
    configuration.viewerIDs = .exclusive
    return configuration
  }

  @Test func `the options of a header are set, and those that are missing are as they were`() {
    var expected = Self.former
    expected.notifyDeltaRatio = Fraction(numerator: 29, decimals: 2) ?? .one
    expected.maximumNamespaces = 7
    let log = HandmadeLog(options: ["max-namespaces=7", "notify-delta-ratio=0.29"])
    #expect(section(of: log)?.configuration == expected)
    #expect(section(of: HandmadeLog(options: []))?.configuration == Self.former)
    let options = ["viewer-ids=shared", "decrement-delay=5", "restart-delay=0.5"]
    (expected, expected.viewerIDs) = (Self.former, .shared)
    (expected.decrementDelay, expected.restartDelay) = (.seconds(5), .milliseconds(500))
    #expect(section(of: HandmadeLog(options: options))?.configuration == expected)
  }

  @Test func `the encoder writes every option, the defaults too`() {
    var encoder = LogEncoder(section: LogSection(configuration: Configuration()), offset: 0)
    let text = String(decoding: encoder.take(), as: Unicode.ASCII.self)
    for option in ConfigurationOption.allCases {
      let value = option.value(in: Configuration())
      #expect(text.contains("\(option.rawValue)=\(value)"), "\(option)")
    }
  }

  @Test(arguments: ConfigurationOption.allCases)
  func `an option that is written is read with the same value`(option: ConfigurationOption) {
    var values = 0
    for value in [
      "off", "shared", "0", "0.001", "0.29", "0.123456789012345678", "1", "2.000000001", "77",
    ] {
      var configuration = Configuration()
      guard option.set(value, in: &configuration) else { continue }
      values += 1
      var encoder = LogEncoder(section: LogSection(configuration: configuration), offset: 0)
      #expect(section(of: encoder.take())?.configuration == configuration, "\(option) \(value)")
    }
    #expect(values > 1)
  }

  @Test(arguments: [
    (["burst-size=3"], "the header has an option that this program does not know: 'burst-size'"),
    (["increment-delay=1", "Max-connections=1"], "this program does not know: 'Max-connections'"),
    (["=1"], "this program does not know: ''"),
    (["a\nb=1"], "this program does not know: 'a?b'"),
    ([String(repeating: "x", count: 65) + "=1"], String(repeating: "x", count: 64) + "…'"),
    (["increment-delay=soon"], "increment-delay in the header takes a time from 0 to"),
    (["increment-delay="], "increment-delay in the header takes a time from 0 to"),
    (["notify-max-delay=0"], "notify-max-delay in the header takes a time from 0.001 to"),
    (["notify-delta-ratio=1.1"], "in the header takes a number from 0 to 1, not '1.1'"),
    (["max-connections=4294967296"], "in the header takes a whole number from 1 to 4294967295"),
    (
      ["viewer-ids=some"],
      "viewer-ids in the header takes one of off, exclusive, shared, not 'some'"
    ),
    (["increment-delay"], "'increment-delay' in the header is no option with a value"),
    ([""], "'' in the header is no option with a value"),
    (
      ["increment-delay=1", "max-namespaces=7", "increment-delay=1"],
      "the header has the option increment-delay twice"
    ),
  ])
  func `an option that is unknown, given twice or without a right value is damage`(
    options: [String], reason: String
  ) throws {
    let found = damage(of: HandmadeLog(options: options).bytes)
    let damage = try #require(found)
    #expect(damage.place == "byte 0")
    #expect(damage.reason.contains(reason), "\(damage.reason)")
  }

  @Test(
    arguments: [
      (0, 2, "the log is of a version that this program does not know"),
      (1, 2, "the header has flags that nobody knows"),
      (4, 2, "the bytes end in the middle"),
      (4, 0, "something follows the options of the header"),
      (5, 18, "the bytes end in the middle"),
    ] as [(Int, UInt8, String)])
  func `a header with another version or impossible lengths is damage`(
    place: Int, byte: UInt8, reason: String
  ) {
    var header = HandmadeLog.header(["increment-delay=1"])
    header[place] = byte
    #expect(damage(of: HandmadeLog(header: header).bytes)?.reason == reason)
  }

  @Test func `a header that is cut is damage`() {
    let header = HandmadeLog.header(["increment-delay=1", "max-namespaces=7"])
    for length in header.indices {
      let log = HandmadeLog(header: Array(header.prefix(length)))
      #expect(damage(of: log.bytes) != nil, "\(length) bytes")
    }
  }

  @Test func `a header has at most 4096 bytes`() {
    for (length, isRead) in [(4095, true), (4096, true), (4097, false)] {
      // Zeros in front of a value change nothing.
      let name = "max-namespaces="
      let zeros = length - HandmadeLog.header([]).count - 2 - name.utf8.count - 1
      let header = HandmadeLog.header([name + String(repeating: "0", count: zeros) + "7"])
      #expect(header.count == length)
      let log = HandmadeLog(header: header)
      #expect((section(of: log)?.configuration.maximumNamespaces == 7) == isRead, "\(length)")
      let reason = isRead ? nil : "the header is longer than 4096 bytes"
      #expect(damage(of: log.bytes)?.reason == reason)
    }
  }

  private func section(of log: HandmadeLog) -> LogSection? {
    section(of: ContiguousArray(log.bytes))
  }

  private func section(of bytes: ContiguousArray<UInt8>) -> LogSection? {
    var reader = LogReader()
    reader.append(bytes.span)
    reader.finish()
    if case .section(let section) = reader.next() { return section }
    return nil
  }

  /// The damage that a log ends with; nil where there is none.
  private func damage(of bytes: [UInt8]) -> LogDamage? {
    var reader = LogReader()
    reader.append(bytes.span)
    reader.finish()
    var damage: LogDamage?
    while let item = reader.next() {
      if case .damage(let reason) = item { damage = reason }
    }
    return damage
  }
}
