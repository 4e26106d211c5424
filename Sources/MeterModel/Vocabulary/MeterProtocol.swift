// The door through which a meter is driven. Two go through it: the daemon's `Meter` and the
// `ReferenceMeter` that judges it.

/// Anything that decides as §2 says: events with instants in, effects out.
package protocol MeterProtocol {
  /// Fires what is due up to and including `instant`, then judges the event. Precondition: instants
  /// never decrease.
  mutating func apply(_ event: Event, at instant: Instant, into effects: inout EffectBuffer)

  /// Fires what is due up to and including `instant`. Precondition: instants never decrease.
  mutating func advance(to instant: Instant, into effects: inout EffectBuffer)

  /// An instant no later than the first at which anything is due; nil when nothing is.
  var nextDeadline: Instant? { get }

  /// The namespace's figures; nil when it does not exist.
  func statistics(of namespace: NamespaceID) -> NamespaceStatistics?
}
