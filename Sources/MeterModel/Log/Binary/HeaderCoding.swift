// The payload of a section's header in the binary form: the properties of the section, and the
// options of its meter by name (docs/LOG-FORMAT.md).

/// The reason why a header cannot be read.
struct HeaderError: Error {
  /// A clause that states the reason.
  let reason: String
}

extension LogSection {
  /// The payload of a header. All options are written, so that a log keeps its meaning when a
  /// default changes. `offset` is the offset of the section in its file, in bytes.
  func encoded(offset: UInt64) -> ContiguousArray<UInt8> {
    var bytes: ContiguousArray<UInt8> = []
    bytes.append(number: LogFormat.version)
    bytes.append(number: viewersAreHashed ? 1 : 0)
    bytes.append(number: wallStart ?? 0)
    bytes.append(number: offset)
    bytes.append(number: UInt64(ConfigurationOption.allCases.count))
    for option in ConfigurationOption.allCases {
      bytes.append(
        counted: Array("\(option.rawValue)=\(option.value(in: configuration))".utf8).span)
    }
    invariant(bytes.count <= LogFormat.maximumHeaderLength, "a header of \(bytes.count) bytes")
    return bytes
  }

  /// Reads a payload that `encoded` made; the second part of the result is the offset.
  static func decode(
    _ bytes: Span<UInt8>
  ) throws(HeaderError) -> (section: LogSection, offset: UInt64) {
    let header: HeaderFields
    do throws(Malformed) {
      header = try HeaderFields(bytes)
    } catch {
      throw HeaderError(reason: "\(error.reason)")
    }
    var configuration = Configuration.formerLog
    var known: [ConfigurationOption] = []
    for range in header.options {
      let option = try configuration.set(option: bytes.extracting(range))
      guard !known.contains(option) else {
        throw HeaderError(reason: "the header has the option \(option.rawValue) twice")
      }
      known.append(option)
    }
    let section = LogSection(
      configuration: configuration, wallStart: header.wallStart == 0 ? nil : header.wallStart,
      viewersAreHashed: header.flags == 1)
    return (section, header.offset)
  }
}

/// The fields of a header, in order.
private struct HeaderFields {
  let flags: UInt64
  let wallStart: UInt64
  let offset: UInt64

  /// The ranges of the texts of the options.
  private(set) var options: [Range<Int>] = []

  init(_ bytes: Span<UInt8>) throws(Malformed) {
    var cursor = ByteCursor()
    guard try cursor.number(bytes) == LogFormat.version else {
      throw Malformed("the log is of a version that this program does not know")
    }
    flags = try cursor.number(bytes)
    guard flags <= 1 else { throw Malformed("the header has flags that nobody knows") }
    wallStart = try cursor.number(bytes)
    offset = try cursor.number(bytes)
    for _ in 0..<(try cursor.number(bytes)) { options.append(try cursor.counted(bytes)) }
    guard cursor.position == bytes.count else {
      throw Malformed("something follows the options of the header")
    }
  }
}

extension Configuration {
  /// The settings of a log that was written before the options of departures and viewer ids: such a
  /// log had no departures, and its viewer ids were exclusive.
  fileprivate static var formerLog: Configuration {
    var configuration = Configuration()
    configuration.decrementDelay = .zero
    configuration.restartDelay = .zero
    configuration.viewerIDs = .exclusive
    return configuration
  }

  /// Sets an option given as `name=value`. An unknown option is an error, because its effect on a
  /// replay is unknown too.
  fileprivate mutating func set(
    option text: Span<UInt8>
  ) throws(HeaderError) -> ConfigurationOption {
    guard let end = text.indices.first(where: { text[$0] == ASCII.equals }) else {
      throw HeaderError(reason: "'\(text.printable)' in the header is no option with a value")
    }
    let name = text.extracting(first: end)
    guard let option = ConfigurationOption(name: name) else {
      throw HeaderError(
        reason: "the header has an option that this program does not know: '\(name.printable)'")
    }
    let value = text.extracting(droppingFirst: end + 1)
    guard option.set(value, in: &self) else {
      throw HeaderError(
        reason: "\(option.rawValue) in the header takes \(option.accepts), not '\(value.printable)'"
      )
    }
    return option
  }
}
