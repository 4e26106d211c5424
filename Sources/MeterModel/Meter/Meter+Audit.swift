// Every invariant of the meter, checked by counting everything anew. O(n); for tests and the simulator.

extension Meter {
  /// Crashes with a message if anything that must hold does not.
  package func audit() {
    auditConnections()
    auditNamespaces()
    auditRemotes()
    invariant(touched.isEmpty, "\(touched.count) namespaces were left unjudged")
  }

  private func auditConnections() {
    var open = ContiguousArray<UInt32>(repeating: 0, count: namespaces.count)
    var members = open
    var (pendingHere, lifetimesHere) = (0, 0)
    for (number, connection) in connections.enumerated() where connection.isOpen {
      open[Int(connection.namespace)] += 1
      if connection.phase == .member { members[Int(connection.namespace)] += 1 }
      if connection.viewer != .none {
        invariant(
          viewers[Int(connection.viewer.number)].connection == UInt32(number),
          "connection \(number) does not hold its viewer id")
      }
      let mayExpire = configuration.lifetime(of: connection.ordinal) != nil
      let expiresPending = lifetimes.holdsPending(
        connection.ordinal, incrementDelay: configuration.incrementDelay)
      if connection.phase == .pending, !expiresPending { pendingHere += 1 }
      if mayExpire, connection.phase == .member || expiresPending { lifetimesHere += 1 }
    }
    for (number, namespace) in namespaces.enumerated() {
      invariant(namespace.open == open[number], "open of namespace \(number) is wrong")
      invariant(namespace.localMembers == members[number], "members of \(number) are wrong")
    }
    invariant(localMembers == members.reduce(0) { $0 + UInt64($1) }, "all members are wrong")
    invariant(openConnections == open.reduce(0, +), "open connections are wrong")
    invariant(pending.count == pendingHere, "the pending queue is wrong")
    invariant(lifetimes.count == lifetimesHere, "the lifetime queues are wrong")
    for (number, holder) in viewers.enumerated() where holder.connection != .max {
      let connection = connections[Int(holder.connection)]
      invariant(
        connection.isOpen && connection.viewer.number == UInt32(number),
        "viewer id \(number) is held by a connection that is gone")
    }
  }

  private func auditNamespaces() {
    var (existing, queued) = (0, 0)
    for (number, namespace) in namespaces.enumerated() {
      guard namespace.exists else {
        invariant(namespace.open == 0 && namespace.queue == .none, "\(number) should be empty")
        continue
      }
      existing += 1
      if namespace.queue != .none { queued += 1 }
      let isVacant = namespace.open == 0 && namespace.members == 0
      invariant((namespace.queue == .vacant) == isVacant, "vacancy of \(number) is wrong")
      if namespace.open > 0 { auditAudience(namespace, number) }
    }
    invariant(Int(namespaceCount) == existing, "the count of namespaces is wrong")
    invariant(fresh.count + ripe.count + vacant.count == queued, "the queues are wrong")
  }

  private func auditAudience(_ namespace: Namespace, _ number: Int) {
    let age = now - namespace.toldAt
    invariant(
      namespace.lowestGreeted <= namespace.told && namespace.told <= namespace.highestGreeted,
      "told of \(number) is outside its greetings")
    invariant(
      namespace.queue != .none || age >= configuration.notifyMaxDelay,
      "namespace \(number) waits for no notification")
    invariant(
      namespace.queue == .fresh || age >= configuration.notifyMinDelay
        || age >= configuration.notifyMaxDelay,
      "namespace \(number) waits in the wrong queue")
  }

  private func auditRemotes() {
    for (number, namespace) in namespaces.enumerated() {
      var (members, connections) = (UInt128(0), UInt128(0))
      var index = namespace.firstRemote
      while index != .max {
        let remote = remotes[Int(index)]
        invariant(remote.namespace == UInt32(number), "a remote count is in the wrong chain")
        members += UInt128(remote.members)
        connections += UInt128(remote.connections)
        index = remote.next
      }
      invariant(members == namespace.remoteMembers, "remote members of \(number) are wrong")
      invariant(
        connections == namespace.remoteConnections, "remote connections of \(number) are wrong")
    }
    let speaking = remotes.reduce(0) { $0 + ($1.members > 0 ? 1 : 0) }
    invariant(remoteExpiry.count == speaking, "the queue of remote counts is wrong")
  }
}
