// The properties of a section of a log that precede its first record.

/// The beginning of a section, which is one run of a daemon or the part of one in one file.
package struct LogSection: Equatable, Sendable {
  /// The settings of the meter that wrote the section.
  package var configuration: Configuration

  /// UNIX time of the instant 0, in nanoseconds; nil where it is unknown.
  package var wallStart: UInt64?

  /// Whether viewer ids are keyed hashes of those that the clients sent.
  package var viewersAreHashed: Bool

  package init(
    configuration: Configuration, wallStart: UInt64? = nil, viewersAreHashed: Bool = false
  ) {
    self.configuration = configuration
    self.wallStart = wallStart
    self.viewersAreHashed = viewersAreHashed
  }
}
