// The check of every invariant of the meter by a full recount. O(n); for tests and the simulator.

extension Meter {
  /// Crashes with a message if an invariant is broken.
  package func audit() {
    do throws(BrokenInvariant) {
      try check()
    } catch {
      fatalError("invariant broken: \(error.message)")
    }
  }

  /// Throws the first broken invariant.
  func check() throws(BrokenInvariant) {
    try checkConnections()
    try checkNamespaces()
    try checkRemotes()
    try checkExternals()
    try checkKept()
    try expect(touched.isEmpty, "\(touched.count) namespaces were left unjudged")
  }

  private func checkConnections() throws(BrokenInvariant) {
    var recount = ContiguousArray(repeating: Recount(), count: namespaces.count)
    var (pendingHere, lifetimesHere) = (0, 0)
    for (number, connection) in connections.enumerated() where connection.isOpen {
      let place = Int(connection.namespace)
      recount[place].open += 1
      switch connection.phase {
      case .pending: recount[place].pending += 1
      case .member: recount[place].members += 1
      case .observer: recount[place].observers += 1
      case .identified: try check(identified: connection, UInt32(number))
      case .arriving, .absent, .dismissed: break
      }
      let mayExpire = configuration.lifetime(of: connection.ordinal) != nil
      let isInLifetimes =
        connection.phase != .pending || connection.isDirect
        || lifetimes.holdsPending(
          connection.ordinal, incrementDelay: configuration.incrementDelay)
      if !isInLifetimes { pendingHere += 1 }
      if mayExpire, isInLifetimes { lifetimesHere += 1 }
    }
    try checkViewers(&recount)
    for (number, namespace) in namespaces.enumerated() {
      let right = Recount(
        open: namespace.open, observers: namespace.observers, members: namespace.localMembers,
        pending: namespace.pending)
      try expect(recount[number] == right, "the counts of namespace \(number) are wrong")
    }
    let known = connections.count { $0.phase != .absent }
    try expect(knownConnections == known, "known connections are wrong")
    try expect(
      keptRemotes == remotes.count { $0.namespace != .max }, "kept remote counts are wrong")
    try expect(
      localMembers == recount.reduce(0) { $0 + UInt64($1.members) }, "all members are wrong")
    try expect(
      openConnections == recount.reduce(0) { $0 + $1.open }, "open connections are wrong")
    try expect(pending.count == pendingHere, "the pending queue is wrong")
    try expect(lifetimes.count == lifetimesHere, "the lifetime queues are wrong")
  }

  private func check(identified connection: Connection, _ number: UInt32) throws(BrokenInvariant) {
    let viewer = identified[connection.viewer]
    try expect(
      viewer.namespace == connection.namespace, "connection \(number) has a viewer elsewhere")
    try expect(
      identified.isShared || viewer.holder == number,
      "connection \(number) does not hold its viewer id")
  }

  /// Adds the viewers with an id and those without a stream to the counts.
  private func checkViewers(
    _ recount: inout ContiguousArray<Recount>
  ) throws(BrokenInvariant) {
    var (pendingHere, pingingHere, departed, viewersHere) = (0, 0, 0, 0)
    for (number, viewer) in identified.viewers.enumerated() where viewer.namespace != .max {
      viewersHere += 1
      if viewer.isMember {
        recount[Int(viewer.namespace)].members += 1
      } else {
        recount[Int(viewer.namespace)].pending += 1
        pendingHere += 1
      }
      if viewer.isPinging { pingingHere += 1 }
      if viewer.departure != .max {
        departed += 1
        try expect(
          departures[viewer.departure].owner == UInt32(number) && !isOpen(viewer),
          "the departure of viewer \(number) is not its own")
      }
      try expect(
        isOpen(viewer) || viewer.isPinging || viewer.departure != .max,
        "nothing keeps viewer \(number)")
      let found = identified.find(ViewerID(viewer.id), in: viewer.namespace)
      try expect(found == UInt32(number), "viewer \(number) is not found by its id")
    }
    try expect(identified.count == viewersHere, "the count of viewers is wrong")
    try expect(identified.pending.count == pendingHere, "the queue of pending viewers is wrong")
    try expect(identified.pinging.count == pingingHere, "the queue of pings is wrong")
    var departuresHere = 0
    departures.forEach { departure, _ in
      departuresHere += 1
      if departure.ordinal == .none {
        departed -= 1
      } else {
        recount[Int(departure.owner)].members += 1
      }
    }
    try expect(departed == 0, "the departures of viewers with an id are wrong")
    try expect(departures.count == UInt32(departuresHere), "the count of departures is wrong")
  }

  private func checkNamespaces() throws(BrokenInvariant) {
    var (existing, queued) = (0, 0)
    for (number, namespace) in namespaces.enumerated() {
      guard namespace.exists else {
        try expect(namespace.open == 0 && namespace.queue == .none, "\(number) should be empty")
        continue
      }
      existing += 1
      if namespace.queue != .none { queued += 1 }
      try expect(
        (namespace.queue == .vacant) == namespace.isVacant, "vacancy of \(number) is wrong")
      if namespace.open > 0 { try checkAudience(namespace, number) }
    }
    try expect(Int(namespaceCount) == existing, "the count of namespaces is wrong")
    try expect(fresh.count + ripe.count + vacant.count == queued, "the queues are wrong")
  }

  private func checkAudience(
    _ namespace: Namespace, _ number: Int
  ) throws(BrokenInvariant) {
    let age = now - namespace.toldAt
    try expect(
      namespace.lowestGreeted <= namespace.told && namespace.told <= namespace.highestGreeted,
      "told of \(number) is outside its greetings")
    try expect(
      namespace.queue != .none || age >= configuration.notifyMaxDelay,
      "namespace \(number) waits for no notification")
    try expect(
      namespace.queue == .fresh || age >= configuration.notifyMinDelay
        || age >= configuration.notifyMaxDelay,
      "namespace \(number) waits in the wrong queue")
  }

  private func checkRemotes() throws(BrokenInvariant) {
    for (number, namespace) in namespaces.enumerated() {
      var (members, connections) = (UInt128(0), UInt128(0))
      var index = namespace.firstRemote
      while index != .max {
        let remote = remotes[Int(index)]
        try expect(remote.namespace == UInt32(number), "a remote count is in the wrong chain")
        members += UInt128(remote.members)
        connections += UInt128(remote.connections)
        index = remote.next
      }
      members += try checkedExternals(of: UInt32(number))
      try expect(members == namespace.remoteMembers, "remote members of \(number) are wrong")
      try expect(
        connections == namespace.remoteConnections, "remote connections of \(number) are wrong")
    }
    let speaking = remotes.reduce(0) { $0 + ($1.members > 0 ? 1 : 0) }
    try expect(remoteExpiry.count == speaking, "the queue of remote counts is wrong")
    var chained = 0
    for (node, counts) in nodes.enumerated() {
      var index = counts.first
      while index != .max {
        let remote = remotes[Int(index)]
        try expect(
          remote.node.number == UInt32(node) && remote.namespace != .max,
          "a count of node \(node) is not its own")
        chained += 1
        index = remote.nodeLinks.next
      }
    }
    try expect(chained == keptRemotes, "the chains of the nodes are wrong")
  }
}

/// The viewers and connections of a namespace, counted anew.
private struct Recount: Equatable {
  var open: UInt32 = 0
  var observers: UInt32 = 0
  var members: UInt32 = 0
  var pending: UInt32 = 0
}

/// A broken invariant. The message is a clause.
struct BrokenInvariant: Error {
  let message: String
}

func expect(
  _ condition: Bool, _ message: @autoclosure () -> String
) throws(BrokenInvariant) {
  if !condition { throw BrokenInvariant(message: message()) }
}
