// What deadlines will change, for replays that follow the counts.

extension Meter {
  /// The instant of the next deadline that can change a count: that of a viewer who is arriving,
  /// pending, pinging, leaving or returning, of a maximum duration, of another node's report or of
  /// an external count. `Instant.never` or later if there is none. All other deadlines only notify
  /// and retire namespaces.
  var nextCountDeadline: Instant {
    min(
      min(arrivals.earliest, latePending.earliest, lifetimes.earliest),
      min(pending.firstSince, identified.pending.firstSince) + configuration.incrementDelay,
      identified.pinging.firstSince + configuration.pingTimeout, departures.earliest,
      remoteExpiry.firstSince + configuration.clusterNodeTimeout,
      externals.firstSince + configuration.externalTimeout)
  }

  /// Visits the namespaces of the viewers who will be counted, or be no longer arriving, by
  /// `instant` unless another event comes before. Some are visited of whom that is not so.
  func visitPending(dueBy instant: Instant, _ visit: (NamespaceID) -> Void) {
    var index = pending.head
    while index != .max,
      connections[Int(index)].openedAt + configuration.incrementDelay <= instant
    {
      visit(NamespaceID(connections[Int(index)].namespace))
      index = connections[Int(index)].links.next
    }
    visitEntries(of: latePending, dueBy: instant, visit)
    visitEntries(of: arrivals, dueBy: instant, visit)
    index = identified.pending.head
    while index != .max, identified[index].since + configuration.incrementDelay <= instant {
      visit(NamespaceID(identified[index].namespace))
      index = identified[index].links.next
    }
  }

  private func visitEntries(
    of heap: DeadlineHeap, dueBy instant: Instant, _ visit: (NamespaceID) -> Void
  ) {
    guard heap.earliest <= instant else { return }
    heap.forEach { entry in
      guard entry.due <= instant, Int(entry.connection) < connections.count,
        connections[Int(entry.connection)].ordinal == entry.ordinal
      else { return }
      visit(NamespaceID(connections[Int(entry.connection)].namespace))
    }
  }

  /// Visits the namespaces of the viewers without a stream who will be gone by `instant` unless
  /// another event comes before. Some are visited of whom that is not so.
  func visitLeaving(dueBy instant: Instant, _ visit: (NamespaceID) -> Void) {
    var viewer = identified.pinging.head
    while viewer != .max,
      identified.pings[Int(viewer)].at + configuration.pingTimeout <= instant
    {
      visit(NamespaceID(identified[viewer].namespace))
      viewer = identified.pings[Int(viewer)].links.next
    }
    departures.forEachDue(by: instant) { departure in
      visit(NamespaceID(namespace(of: departure)))
    }
  }

  /// The namespace of a viewer that is leaving or returning.
  func namespace(of departure: Departure) -> UInt32 {
    departure.ordinal == .none ? identified[departure.owner].namespace : departure.owner
  }

  /// Visits the namespaces of the reports of other nodes, and of the external counts, that will
  /// expire by `instant` unless another event comes before.
  func visitExpiring(dueBy instant: Instant, _ visit: (NamespaceID) -> Void) {
    var index = remoteExpiry.head
    while index != .max,
      remotes[Int(index)].reportedAt + configuration.clusterNodeTimeout <= instant
    {
      visit(NamespaceID(remotes[Int(index)].namespace))
      index = remotes[Int(index)].links.next
    }
    externals.visit(since: configuration.externalTimeout, dueBy: instant, visit)
  }
}
