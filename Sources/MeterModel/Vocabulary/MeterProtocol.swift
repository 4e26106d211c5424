// The common interface of `Meter`, which the daemon runs, and `ReferenceMeter`, which checks it.

/// A state machine with the rules of §2: events with instants in, effects out.
package protocol MeterProtocol {
  /// Fires every deadline up to and including `instant`, then applies the event. Precondition:
  /// instants never decrease.
  mutating func apply(_ event: Event, at instant: Instant, into effects: inout EffectBuffer)

  /// Fires every deadline up to and including `instant`. Precondition: instants never decrease.
  mutating func advance(to instant: Instant, into effects: inout EffectBuffer)

  /// An instant at or before the next deadline; nil if there is none.
  var nextDeadline: Instant? { get }

  /// The statistics of a namespace; nil if it does not exist.
  func statistics(of namespace: NamespaceID) -> NamespaceStatistics?
}
