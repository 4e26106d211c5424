// What a log holds, piece by piece, whatever its form.

/// One thing that a `LogReader` finds.
package enum LogItem: Sendable {
  /// A section begins: a run, to be replayed by a meter of its own.
  case section(LogSection)

  /// Events, which are in the reader's `records` until it is asked for more.
  case records

  /// What all effects up to and including an instant amounted to.
  case checkpoint(Instant, Digest)

  /// Records are missing from here on; a snapshot follows, or the end.
  case gap(LogGap)

  /// The state of the meter, to go on from.
  case snapshot(MeterSnapshot, Digest)

  /// The section's end, up to which, inclusive, deadlines still fire. The digest is nil where nothing is
  /// known of it.
  case end(Instant, Digest?)

  /// The section stops without an end, as its writer was killed. What stood before is whole.
  case torn(LogTear)

  /// The log cannot be read any further.
  case damage(LogDamage)
}

/// Records that their writer had to leave out.
package struct LogGap: Equatable, Sendable {
  /// How many they were.
  package let records: UInt64

  /// When the first of them happened.
  package let since: Instant
}

/// A section that stops in the middle.
package struct LogTear: Equatable, Sendable {
  /// Where in the file the first block is that is not whole.
  package let offset: UInt64

  /// How many bytes of it there are; 0 when it stops between two blocks.
  package let bytes: UInt64
}

/// Where and why a log is wrong.
package struct LogDamage: Equatable, Sendable {
  /// The place, as `byte 4096` or `line 12`.
  package let place: String

  /// What is wrong there, as a clause.
  package let reason: String
}
