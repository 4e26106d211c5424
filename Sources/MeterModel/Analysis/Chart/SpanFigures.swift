// The figures of the part of a log that is in a span.

/// The figures of a replay within a span, all sections together.
package struct SpanFigures: Equatable, Sendable {
  /// The number of connections that were greeted.
  package var opened: UInt64 = 0

  /// The number of connections that became members.
  package private(set) var counted: UInt64 = 0

  /// The largest number of this node's members of all namespaces together, at one time in one
  /// section.
  package private(set) var peakMembers: UInt64 = 0

  /// The number of notify effects.
  package var notifications: UInt64 = 0

  /// The number of frames with a notification: one for each connection that was open then.
  package var frames: UInt64 = 0

  // The numbers of the meter after the latest step.
  private var latestCounted: UInt64 = 0
  private var latestMembers: UInt64 = 0
  private var latestPeak: UInt64 = 0

  /// The connections that had been counted when the replay entered the span; nil outside of it.
  private var countedBefore: UInt64?

  /// Enters the span, before the changes of the latest step.
  mutating func enter() {
    countedBefore = latestCounted
    peakMembers = max(peakMembers, latestMembers)
  }

  /// Leaves the span, before the changes of the latest step.
  mutating func leave() {
    if let before = countedBefore { counted += latestCounted - before }
    countedBefore = nil
  }

  /// Takes the members of this node after a step in the span. A new peak of the meter may have
  /// lasted for no time.
  mutating func takePeak(_ meter: borrowing Meter, counts: Bool) {
    guard counts else { return }
    let peak = meter.peakMembers > latestPeak ? meter.peakMembers : meter.ownMembers
    peakMembers = max(peakMembers, peak)
  }

  /// Remembers the numbers of the meter after a step.
  mutating func note(_ meter: borrowing Meter) {
    latestCounted = meter.countedConnections
    latestMembers = meter.ownMembers
    latestPeak = meter.peakMembers
  }

  /// Continues with the numbers of a snapshot. `counts` tells whether the replay is in the span.
  mutating func restore(_ meter: borrowing Meter, counts: Bool) {
    if counts { leave() }
    note(meter)
    if counts { enter() }
  }
}
