// What deadlines will change, for replays that follow the counts.

extension Meter {
  /// The instant of the next deadline that can change a count: that of a pending connection, of a
  /// maximum duration, of another node's report or of an external count. `Instant.never` or later
  /// if there is none. All other deadlines only notify and retire namespaces.
  var nextCountDeadline: Instant {
    min(
      pending.firstSince + configuration.incrementDelay, lifetimes.earliest,
      remoteExpiry.firstSince + configuration.clusterNodeTimeout,
      externals.firstSince + configuration.externalTimeout)
  }

  /// Visits the namespaces of the pending connections that will be counted by `instant` unless
  /// another event comes before.
  func visitPending(dueBy instant: Instant, _ visit: (NamespaceID) -> Void) {
    var index = pending.head
    while index != .max,
      connections[Int(index)].openedAt + configuration.incrementDelay <= instant
    {
      visit(NamespaceID(connections[Int(index)].namespace))
      index = connections[Int(index)].links.next
    }
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
