/// The exit status of the process (§3 and §7). The numbers are those of sysexits.h where it has
/// one.
package enum ExitStatus: Int32, Sendable {
  /// The command succeeded.
  case success = 0

  /// The command failed: a port in use, a file that cannot be opened.
  case failure = 1

  /// The command line is invalid.
  case usage = 64

  /// A load lost connections or deliveries.
  case shortfall = 69

  /// A log is damaged or malformed.
  case dataError = 65

  /// The effects of a replay differ from the checkpoints of its log.
  case difference = 71
}
