// Viewers without a stream who are counted for a while (§2 rules 5 and 17).

extension Meter {
  /// Gives the viewer of a connection that is gone its grace. Returns false if it gets none.
  @inline(__always)
  mutating func depart(
    _ connection: Connection, _ index: UInt32, isReturning: Bool
  ) -> Bool {
    let since = came(index)
    guard
      departures.grace(since: since, now: now, isReturning: isReturning) > .zero,
      departures.count < configuration.maximumConnections
    else { return false }
    _ = departures.append(
      Departure(
        leftAt: now, since: since, ordinal: connection.ordinal, owner: connection.namespace),
      isReturning: isReturning)
    return true
  }

  /// Ends the grace of a viewer before its time.
  mutating func endDeparture(_ ticket: Departures.Ticket) {
    departures.remove(ticket)
    for (viewer, ticket) in departures.compact() { identified[viewer].departure = ticket }
  }

  /// Ends the grace of the viewers for whom it is over.
  mutating func endDepartures(into effects: inout EffectBuffer) {
    while let ticket = departures.firstDue(by: now) {
      let departure = departures[ticket]
      departures.remove(ticket)
      if departure.ordinal == .none {
        identified[departure.owner].departure = .max
        forgetIfGone(departure.owner, into: &effects)
      } else {
        memberGone(from: departure.owner)
      }
    }
    identified.giveBack()
  }

  /// A member without a connection is gone.
  mutating func memberGone(from namespace: UInt32) {
    localMembers -= 1
    namespaces[Int(namespace)].localMembers -= 1
    touch(namespace)
    queueIfVacant(namespace)
  }
}
