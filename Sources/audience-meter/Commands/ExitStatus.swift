/// How the process ended, for whoever started it (SPEC §3 and §7; the numbers are those of sysexits.h
/// where it has one).
package enum ExitStatus: Int32, Sendable {
  /// All went well.
  case success = 0

  /// Something could not be done: a port in use, a file that cannot be opened.
  case failure = 1

  /// The command line makes no sense.
  case usage = 64

  /// A load lost connections or deliveries.
  case shortfall = 69

  /// A log is damaged or malformed.
  case dataError = 65

  /// A replay differs from what its log remembers.
  case difference = 71
}
