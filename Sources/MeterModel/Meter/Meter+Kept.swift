// The viewers who are counted without a stream, and the namespaces that an event changes without an
// effect there, for explanations and for replays that follow the counts.

/// The grace of a viewer whose last stream is gone.
package struct Grace: Equatable, Sendable {
  /// Whether the daemon itself ended that stream, so that the viewer is returning (§2 rule 17).
  /// Otherwise it is leaving (§2 rule 5).
  package var isReturning: Bool

  /// The instant at which the grace ends.
  package var until: Instant
}

/// A viewer, by its id or by its last stream.
package enum ViewerKey: Hashable, Sendable {
  case viewer(ViewerID)
  case stream(ConnectionOrdinal)
}

extension Meter {
  /// The grace of a viewer of a namespace; nil if it has none. O(1)
  package func grace(of viewer: ViewerKey, in namespace: NamespaceID) -> Grace? {
    switch viewer {
    case .stream(let ordinal):
      guard let ticket = departures.find(ordinal),
        departures[ticket].owner == namespace.number
      else { return nil }
      return grace(ticket)
    case .viewer(let id):
      guard let place = place(of: id, in: namespace), identified[place].departure != .max else {
        return nil
      }
      return grace(identified[place].departure)
    }
  }

  private func grace(_ ticket: Departures.Ticket) -> Grace {
    Grace(isReturning: departures.isReturning(ticket), until: departures.end(of: ticket))
  }

  /// The instant until which a viewer of a namespace is kept by its last ping; nil if it does not
  /// ping. O(1)
  package func pingEnd(of viewer: ViewerID, in namespace: NamespaceID) -> Instant? {
    guard let place = place(of: viewer, in: namespace), identified[place].isPinging else {
      return nil
    }
    return identified.pings[Int(place)].at + configuration.pingTimeout
  }

  /// Visits the viewers of a namespace that have grace, in the order of `Departures.forEach`.
  /// O(n log n) in all viewers with grace.
  package func visitGrace(in namespace: NamespaceID, _ visit: (ViewerKey, Grace) -> Void) {
    departures.forEach { departure, isReturning in
      guard self.namespace(of: departure) == namespace.number else { return }
      let wait = departures.grace(
        since: departure.since, now: departure.leftAt, isReturning: isReturning)
      let key: ViewerKey =
        departure.ordinal == .none
        ? .viewer(ViewerID(identified[departure.owner].id)) : .stream(departure.ordinal)
      visit(key, Grace(isReturning: isReturning, until: departure.leftAt + wait))
    }
  }

  /// Visits the viewers of a namespace that ping, and the instants until which that keeps them.
  /// O(n) in all viewers that ping.
  package func visitPings(in namespace: NamespaceID, _ visit: (ViewerID, Instant) -> Void) {
    identified.pinging.forEach(in: identified.pings) { place in
      guard identified[place].namespace == namespace.number else { return }
      visit(
        ViewerID(identified[place].id),
        identified.pings[Int(place)].at + configuration.pingTimeout)
    }
  }

  /// Visits namespaces that an event may change though no effect of it names them, of those that
  /// are known only before the event. Some are visited that do not change.
  func visitHidden(by event: Event, _ visit: (NamespaceID) -> Void) {
    switch event {
    case .opened(_, _, let viewer, _, _), .excluded(let viewer):
      // An exclusive id leaves a viewer without a stream in another namespace.
      guard configuration.viewerIDs == .exclusive, viewer != .none,
        let place = identified.find(viewer, in: .max)
      else { return }
      visit(NamespaceID(identified[place].namespace))
    case .restarted: existingNamespaces.forEach(visit)
    case .moved(let key, _):
      if let ticket = departures.find(key.ordinal) {
        visit(NamespaceID(namespace(of: departures[ticket])))
      } else if isOpen(key.connection), let namespace = namespace(of: key.connection) {
        visit(namespace)
      }
    case .bye(let node): visitCounts(of: node, limit: .max) { namespace, _ in visit(namespace) }
    case .closed, .cut, .pinged, .left, .arrived, .transferred, .message, .retained, .peer,
      .external:
      break
    }
  }

  private func place(of viewer: ViewerID, in namespace: NamespaceID) -> UInt32? {
    guard viewer != .none, let place = identified.find(viewer, in: namespace.number),
      identified[place].namespace == namespace.number
    else { return nil }
    return place
  }
}
