// The items that a log of either form consists of.

/// One item that a `LogReader` finds.
package enum LogItem: Sendable {
  /// A section begins: a run, which a meter of its own replays.
  case section(LogSection)

  /// Events, which are in the reader's `records` until its next item is read.
  case records

  /// An instant up to which deadlines have fired, and the digest of all effects by then; nil if
  /// that is unknown.
  case checkpoint(Instant, Digest?)

  /// Records are missing from here on. A snapshot follows, or the end.
  case gap(LogGap)

  /// The state of the meter, from which the section continues.
  case snapshot(LogSnapshot)

  /// The end of the section: deadlines fire up to and including this instant. The digest of all
  /// effects is nil where it is unknown.
  case end(Instant, Digest?)

  /// The section stops without an end, because its writer was killed. Everything before is whole.
  case torn(LogTear)

  /// The log cannot be read any further.
  case damage(LogDamage)
}

/// Records that the writer of a log left out.
package struct LogGap: Equatable, Sendable {
  /// The number of records.
  package let records: UInt64

  /// The instant of the first of them.
  package let since: Instant
}

/// The place at which a section stops without an end.
package struct LogTear: Equatable, Sendable {
  /// The offset in the file of the first block that is not whole, in bytes.
  package let offset: UInt64

  /// The number of bytes of that block; 0 when the section stops between two blocks.
  package let bytes: UInt64
}

/// The place at which a log is invalid, and the reason.
package struct LogDamage: Error, Equatable, Sendable {
  /// The place, as `byte 4096` or `line 12`.
  package let place: String

  /// A clause that states the reason.
  package let reason: String

  package init(place: String, reason: String) {
    self.place = place
    self.reason = reason
  }
}
