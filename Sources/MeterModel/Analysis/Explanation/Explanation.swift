// What viewers of a namespace were sent by a time, and why.

/// The state of a namespace at a moment, and how it came about.
package struct Explanation: Equatable, Sendable {
  /// Why a count was sent.
  package enum Cause: Equatable, Sendable {
    /// The greeting of the only open connection counted as a notification (§2 rule 3).
    case firstIn

    /// The members had changed by a number that was at least the threshold (§2 rule 4 a).
    case change(UInt64, threshold: UInt64)

    /// The max delay had passed (§2 rule 4 b).
    case maximumDelay

    /// The count was sent before the log begins, or before a gap.
    case unknown
  }

  /// A notification and what led to it.
  package struct Notification: Equatable, Sendable {
    /// The count that was sent.
    package var count: UInt64

    /// When it was sent.
    package var instant: Instant

    /// Why it was sent.
    package var cause: Cause

    /// The count of the notification before; nil if there was none.
    package var previousCount: UInt64?

    /// The instant of the notification before; nil if there was none.
    package var previousInstant: Instant?

    /// What happened between the two.
    package var history: NamespaceHistory
  }

  /// The number of the section, from 1.
  package var section = 0

  /// The time of the wall clock at the instant 0 of the section; nil if unknown.
  package var wallStart: UTCTime?

  /// The instant that is explained.
  package var instant = Instant.start

  /// Whether the section ends at `instant`, which is before the time that was asked for.
  package var isEnd = false

  /// The settings of the meter.
  package var configuration = Configuration()

  /// The counts of the namespace; nil if it does not exist.
  package var state: NamespaceCounts?

  /// The viewers of the namespace that are kept by something else than an open connection.
  package var kept = KeptSummary()

  /// The last notification of the connections that are open; nil if there was none.
  package var notification: Notification?

  /// The number of connections that were greeted since.
  package var greetings: UInt64 = 0

  /// What happened since.
  package var history = NamespaceHistory()

  /// What happened from the beginning of a span until `instant`, notifications included; nil
  /// without a beginning.
  package var before: SpanHistory?

  /// What happened from `instant` until the end of a span, notifications included; nil without an
  /// end.
  package var after: SpanHistory?
}

/// What happened in a part of a section.
package struct SpanHistory: Equatable, Sendable {
  /// The bound of the part that is not the explained instant.
  package var bound: Instant

  /// The entries.
  package var history = NamespaceHistory(limit: 200)
}
