// The viewers of one namespace who are kept by something else than an open stream, followed through
// a replay. The meter is asked about the viewers that a step concerns, and about all of them only
// after a restart and at a snapshot.

/// Viewers that are kept in one way at a moment.
package struct KeptGroup: Equatable, Sendable {
  /// The number of viewers; not 0.
  package var count: UInt64

  /// The first and the last of the instants until which they are kept.
  package var until: ClosedRange<Instant>
}

/// The viewers of a namespace that have grace or ping at a moment.
package struct KeptSummary: Equatable, Sendable {
  /// The members whose last stream has closed (§2 rule 5); nil if there are none.
  package var leaving: KeptGroup?

  /// The members whose last stream the daemon has ended (§2 rule 17); nil if there are none.
  package var returning: KeptGroup?

  /// The viewers that ping, with or without streams (§2 rule 9); nil if there are none.
  package var pinging: KeptGroup?
}

/// Follows the viewers of one namespace.
struct KeptViewers {
  private var graces: [ViewerKey: Grace] = [:]
  private var pings: [ViewerID: Instant] = [:]

  /// The viewers of the streams that are open, or whose close is awaited.
  private var streams: [ConnectionID: ViewerKey] = [:]

  /// The viewers that are kept after an instant.
  func summary(after instant: Instant) -> KeptSummary {
    var summary = KeptSummary()
    for grace in graces.values {
      if grace.isReturning {
        Self.add(grace.until, after: instant, to: &summary.returning)
      } else {
        Self.add(grace.until, after: instant, to: &summary.leaving)
      }
    }
    for until in pings.values { Self.add(until, after: instant, to: &summary.pinging) }
    return summary
  }

  private static func add(_ until: Instant, after instant: Instant, to group: inout KeptGroup?) {
    guard until > instant else { return }
    let range = group?.until ?? until...until
    group = KeptGroup(
      count: (group?.count ?? 0) + 1,
      until: min(range.lowerBound, until)...max(range.upperBound, until))
  }

  /// Takes a step of the replay into account. Returns the grace of the viewers whose streams are
  /// gone by it.
  mutating func note(
    _ replay: borrowing Replay, in namespace: NamespaceID
  ) -> [ConnectionID: Grace] {
    var given: [ConnectionID: Grace] = [:]
    let meter = replay.meter
    func lose(_ connection: ConnectionID, _ viewers: inout KeptViewers) {
      guard let viewer = viewers.streams.removeValue(forKey: connection) else { return }
      given[connection] = viewers.refresh(viewer, meter, namespace)
    }
    for effect in replay.effects {
      switch effect.action {
      case .greet(let connection, let ordinal, namespace, _):
        let id = meter.viewer(of: connection)
        streams[connection] = id == .none ? .stream(ordinal) : .viewer(id)
      case .end(let connection, _): lose(connection, &self)
      case .retire(namespace): self = KeptViewers()
      case .greet, .notify, .message, .send, .pong, .retire, .refuse, .reject: break
      }
    }
    switch replay.record?.event {
    case .closed(let connection), .cut(let connection): lose(connection, &self)
    case .opened(_, _, let viewer, let after, _):
      if viewer != .none { refresh(.viewer(viewer), meter, namespace) }
      if after != .none { refresh(.stream(after.ordinal), meter, namespace) }
    case .moved(let stream, _): refresh(.stream(stream.ordinal), meter, namespace)
    case .excluded(let viewer), .pinged(_, let viewer), .left(_, let viewer):
      refresh(.viewer(viewer), meter, namespace)
    case .restarted: restart(meter, namespace)
    case .message, .retained, .peer, .bye, .external, .arrived, .transferred, nil: break
    }
    return given
  }

  /// Asks the meter about one viewer.
  @discardableResult
  private mutating func refresh(
    _ viewer: ViewerKey, _ meter: borrowing Meter, _ namespace: NamespaceID
  ) -> Grace? {
    let grace = meter.grace(of: viewer, in: namespace)
    graces[viewer] = grace
    if case .viewer(let id) = viewer { pings[id] = meter.pingEnd(of: id, in: namespace) }
    return grace
  }

  /// Asks the meter about all viewers, when no stream is open.
  private mutating func restart(_ meter: borrowing Meter, _ namespace: NamespaceID) {
    self = KeptViewers()
    meter.visitGrace(in: namespace) { graces[$0] = $1 }
    meter.visitPings(in: namespace) { pings[$0] = $1 }
  }

  /// Continues from a snapshot, which the meter was restored from.
  mutating func restore(_ meter: borrowing Meter, _ namespace: NamespaceID) {
    restart(meter, namespace)
    for connection in meter.snapshot.connections where connection.namespace == namespace {
      streams[connection.id] =
        connection.viewer == .none ? .stream(connection.ordinal) : .viewer(connection.viewer)
    }
  }
}
