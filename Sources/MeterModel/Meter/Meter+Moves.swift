// Viewers move between nodes (§2 rule 18). No total changes by it, on any node that hears of it.

extension Meter {
  /// Lets a connection wait for the node that may count its viewer still.
  mutating func awaitArrival(_ index: UInt32, since: Instant) {
    let entry = DeadlineHeap.Entry(
      due: since + Configuration.arrivalTimeout, connection: index,
      ordinal: connections[Int(index)].ordinal)
    let connections = connections
    arrivals.insert(entry) { connections.hold($0, .arriving) }
    setAge(index, since: since)
  }

  /// Since when a connection is arriving: since its open, or since that of the one that it
  /// superseded.
  func arrivalBegan(_ index: UInt32) -> Instant {
    ages[index] ?? connections[Int(index)].openedAt
  }

  /// Another node has given the viewer of an arriving connection up to this one.
  mutating func arrived(_ id: ConnectionID, from node: NodeID, into effects: inout EffectBuffer) {
    guard Int(id.number) < connections.count, connections[Int(id.number)].phase == .arriving
    else { return }
    let namespace = connections[Int(id.number)].namespace
    connections[Int(id.number)].phase = .member
    ages.remove(id.number)
    setAge(id.number, since: now)
    localMembers += 1
    namespaces[Int(namespace)].localMembers += 1
    touch(namespace)
    lower(node, namespace)
    peakMembers = max(peakMembers, ownMembers)
  }

  /// Gives each connection a viewer of its own for whom no other node spoke in time.
  mutating func endArrivals() {
    while let entry = arrivals.popDue(by: now) {
      guard connections.hold(entry, .arriving) else { continue }
      let index = entry.connection
      let namespace = connections[Int(index)].namespace
      let since = arrivalBegan(index)
      connections[Int(index)].phase = .pending
      namespaces[Int(namespace)].pending += 1
      touch(namespace)
      if since + configuration.incrementDelay <= now {
        count(index)
      } else {
        awaitCounting(index, since: since)
      }
    }
  }

  /// Another node has the viewer of a connection of this node now.
  mutating func moved(
    _ key: ConnectionKey, to node: NodeID, into effects: inout EffectBuffer
  ) {
    let place = Int(key.connection.number)
    if place < connections.count, connections[place].isOpen,
      connections[place].ordinal == key.ordinal
    {
      let (phase, namespace) = (connections[place].phase, connections[place].namespace)
      guard phase != .identified, phase != .observer else { return }
      end(key.connection.number, .superseded, leaving: .gone, into: &effects)
      if phase == .member { raise(node, namespace) }
    } else if key.ordinal != .none, let departure = departures.find(key.ordinal) {
      let namespace = departures[departure].owner
      endDeparture(departure)
      memberGone(from: namespace)
      raise(node, namespace)
    }
  }

  /// A viewer moved between two other nodes.
  mutating func transferred(_ namespace: NamespaceID, from former: NodeID, to node: NodeID) {
    guard exists(namespace), former != node,
      let report = report(of: former, in: namespace.number), remotes[Int(report)].members > 0
    else { return }
    lower(former, namespace.number)
    raise(node, namespace.number)
  }
}
