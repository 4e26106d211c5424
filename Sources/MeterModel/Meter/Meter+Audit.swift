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
    try expect(touched.isEmpty, "\(touched.count) namespaces were left unjudged")
  }

  private func checkConnections() throws(BrokenInvariant) {
    var open = ContiguousArray<UInt32>(repeating: 0, count: namespaces.count)
    var members = open
    var (pendingHere, lifetimesHere) = (0, 0)
    for (number, connection) in connections.enumerated() where connection.isOpen {
      open[Int(connection.namespace)] += 1
      if connection.phase == .member { members[Int(connection.namespace)] += 1 }
      if connection.viewer != .none {
        try expect(
          viewers[Int(connection.viewer.number)].holder == UInt32(number),
          "connection \(number) does not hold its viewer id")
      }
      let mayExpire = configuration.lifetime(of: connection.ordinal) != nil
      let expiresPending = lifetimes.holdsPending(
        connection.ordinal, incrementDelay: configuration.incrementDelay)
      if connection.phase == .pending, !expiresPending { pendingHere += 1 }
      if mayExpire, connection.phase == .member || expiresPending { lifetimesHere += 1 }
    }
    for (number, namespace) in namespaces.enumerated() {
      try expect(namespace.open == open[number], "open of namespace \(number) is wrong")
      try expect(namespace.localMembers == members[number], "members of \(number) are wrong")
    }
    let known = connections.count { $0.phase != .absent }
    try expect(knownConnections == known, "known connections are wrong")
    try expect(knownViewers == viewers.count { !$0.isUnknown }, "known viewer ids are wrong")
    try expect(
      keptRemotes == remotes.count { $0.namespace != .max }, "kept remote counts are wrong")
    try expect(localMembers == members.reduce(0) { $0 + UInt64($1) }, "all members are wrong")
    try expect(openConnections == open.reduce(0, +), "open connections are wrong")
    try expect(pending.count == pendingHere, "the pending queue is wrong")
    try expect(lifetimes.count == lifetimesHere, "the lifetime queues are wrong")
    for (number, viewer) in viewers.enumerated() { try check(viewer, UInt32(number)) }
  }

  private func check(_ viewer: ViewerState, _ number: UInt32) throws(BrokenInvariant) {
    switch viewer.stage {
    case .unknown: break
    case .held(let holder):
      let connection = connections[Int(holder)]
      try expect(
        connection.isOpen && connection.viewer.number == number,
        "viewer id \(number) is held by a connection that is gone")
    case .departed(let ticket):
      let departure = departures[ticket]
      try expect(
        departure.viewer == number && departure.remembered != .none
          && now < departure.since + Configuration.exclusionMemory,
        "viewer id \(number) should be forgotten")
    }
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
      let isVacant = namespace.open == 0 && namespace.members == 0
      try expect((namespace.queue == .vacant) == isVacant, "vacancy of \(number) is wrong")
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

/// A broken invariant. The message is a clause.
struct BrokenInvariant: Error {
  let message: String
}

func expect(
  _ condition: Bool, _ message: @autoclosure () -> String
) throws(BrokenInvariant) {
  if !condition { throw BrokenInvariant(message: message()) }
}
