// What is known of a section of a log before its first record: one run of the daemon, or one file of it.

/// The beginning of a section.
package struct LogSection: Equatable, Sendable {
  /// The settings of the meter that wrote it.
  package var configuration: Configuration

  /// UNIX time of the instant 0, in nanoseconds; nil in a log in text, which has no date.
  package var wallStart: UInt64?

  /// Whether viewer ids are keyed hashes of what the clients said.
  package var viewersAreHashed: Bool

  package init(
    configuration: Configuration, wallStart: UInt64? = nil, viewersAreHashed: Bool = false
  ) {
    self.configuration = configuration
    self.wallStart = wallStart
    self.viewersAreHashed = viewersAreHashed
  }
}

extension LogSection {
  /// The header's payload. `offset` is where in its file the section begins.
  func encoded(offset: UInt64) -> ContiguousArray<UInt8> {
    var bytes: ContiguousArray<UInt8> = []
    bytes.append(number: LogFormat.version)
    bytes.append(number: viewersAreHashed ? 1 : 0)
    bytes.append(number: wallStart ?? 0)
    bytes.append(number: offset)
    for delay in [
      configuration.incrementDelay, configuration.notifyMinDelay, configuration.notifyMaxDelay,
      configuration.namespaceCleanDelay, configuration.maximumConnectionDuration,
      configuration.clusterNodeTimeout,
    ] {
      bytes.append(number: delay.nanoseconds)
    }
    bytes.append(number: UInt64(configuration.notifyDeltaRatio.decimals))
    bytes.append(number: configuration.notifyDeltaRatio.numerator)
    bytes.append(number: UInt64(configuration.maximumConnections))
    bytes.append(number: UInt64(configuration.maximumNamespaces))
    return bytes
  }

  /// Reads what `encoded` wrote; the second part is the offset.
  static func decode(
    _ bytes: Span<UInt8>
  ) throws(Malformed) -> (section: LogSection, offset: UInt64) {
    var cursor = ByteCursor()
    guard try cursor.number(bytes) == LogFormat.version else {
      throw Malformed("the log is of a version that this program does not know")
    }
    let flags = try cursor.number(bytes)
    guard flags <= 1 else { throw Malformed("the header has flags that nobody knows") }
    let wallStart = try cursor.number(bytes)
    let offset = try cursor.number(bytes)
    let configuration = try decodeConfiguration(bytes, &cursor)
    guard cursor.position == bytes.count else { throw Malformed("the header is too long") }
    let section = LogSection(
      configuration: configuration, wallStart: wallStart == 0 ? nil : wallStart,
      viewersAreHashed: flags == 1)
    return (section, offset)
  }

  private static func decodeConfiguration(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> Configuration {
    var configuration = Configuration()
    configuration.incrementDelay = try decodeDelay(bytes, &cursor)
    configuration.notifyMinDelay = try decodeDelay(bytes, &cursor)
    configuration.notifyMaxDelay = try decodeDelay(bytes, &cursor)
    guard configuration.notifyMaxDelay >= .milliseconds(1) else {
      throw Malformed("the max delay is below a millisecond")
    }
    configuration.namespaceCleanDelay = try decodeDelay(bytes, &cursor)
    configuration.maximumConnectionDuration = try decodeDelay(bytes, &cursor)
    configuration.clusterNodeTimeout = try decodeDelay(bytes, &cursor)
    let decimals = Int(clamping: try cursor.number(bytes))
    guard let ratio = Fraction(numerator: try cursor.number(bytes), decimals: decimals) else {
      throw Malformed("the ratio is not from 0 to 1")
    }
    configuration.notifyDeltaRatio = ratio
    configuration.maximumConnections = try cursor.number32(bytes)
    configuration.maximumNamespaces = try cursor.number32(bytes)
    return configuration
  }

  private static func decodeDelay(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
  ) throws(Malformed) -> Duration {
    let delay = Duration(nanoseconds: try cursor.number(bytes))
    guard delay <= .longest else { throw Malformed("a delay is longer than 73 years") }
    return delay
  }
}

extension Fraction {
  /// The denominator is 10 to the power of this.
  fileprivate var decimals: Int {
    var (decimals, rest) = (0, denominator)
    while rest > 1 {
      decimals += 1
      rest /= 10
    }
    return decimals
  }
}
