// Deadlines: which ones there are, and what each does.

extension ReferenceMeter {
  /// The instant of the next deadline; nil if there is none.
  package var nextDeadline: Instant? {
    var earliest: Instant?
    for namespace in namespaces {
      for connection in namespace.connections {
        earliest = first(earliest, countingInstant(of: connection))
        earliest = first(earliest, connection.ends)
      }
      // A report without members has nothing left that could be forgotten.
      for peer in namespace.peers where peer.members > 0 {
        earliest = first(earliest, expiryInstant(of: peer))
      }
      for external in namespace.externals {
        earliest = first(earliest, expiryInstant(of: external))
      }
      earliest = first(earliest, notificationInstant(of: namespace))
      earliest = first(earliest, retirementInstant(of: namespace))
    }
    return earliest
  }

  /// Fires the deadlines of this instant in the order of §2: increments, maximum durations, expiry
  /// of other nodes' and then of external counts, notifications, retirements.
  mutating func fireDeadlines(into effects: inout EffectBuffer) {
    countDueConnections()
    endDueConnections(into: &effects)
    forgetDueReports()
    forgetDueExternals()
    notifyDueNamespaces(into: &effects)
    retireDueNamespaces(into: &effects)
  }

  /// Rule 1: "The stream is pending until `increment-delay` has passed. It is then counted: members
  /// + 1, connections + 1."
  private mutating func countDueConnections() {
    for index in namespaces.indices {
      for connection in namespaces[index].connections.indices
      where isDue(countingInstant(of: namespaces[index].connections[connection])) {
        namespaces[index].count(connection)
      }
    }
  }

  /// Rule 7: "A stream is ended (`expired`) at most `max-conn-duration` after its open." In the
  /// order of opening.
  private mutating func endDueConnections(into effects: inout EffectBuffer) {
    while let place = firstToEnd { end(place, .expired, into: &effects) }
  }

  private var firstToEnd: Place? {
    var first: Place?
    var firstOrdinal = UInt32.max
    for namespace in namespaces.indices {
      let connections = namespaces[namespace].connections
      for index in connections.indices where isDue(connections[index].ends) {
        guard connections[index].ordinal.number < firstOrdinal else { continue }
        firstOrdinal = connections[index].ordinal.number
        first = Place(namespace: namespace, connection: index)
      }
    }
    return first
  }

  /// Rule 10: "Its members are forgotten `cluster-node-timeout` after that report." In the order of
  /// the reports.
  private mutating func forgetDueReports() {
    while let (index, peer) = firstToForget { forget(peer, of: index) }
  }

  private var firstToForget: (namespace: Int, peer: Int)? {
    var first: (namespace: Int, peer: Int)?
    var firstOrder = UInt64.max
    for namespace in namespaces.indices {
      for (index, peer) in namespaces[namespace].peers.enumerated() {
        guard let reported = peer.reported, isDue(expiryInstant(of: peer)) else { continue }
        if reported.order < firstOrder {
          firstOrder = reported.order
          first = (namespace, index)
        }
      }
    }
    return first
  }

  /// Rule 4: "The rule is judged for each namespace that an event changed, after that event, and
  /// once at each instant at which deadlines fired."
  mutating func notifyDueNamespaces(into effects: inout EffectBuffer) {
    recordMembers()
    for index in namespaces.indices where isDue(notificationInstant(of: namespaces[index])) {
      setTold(index)
      namespaces[index].modified = now
      effects.append(
        .notify(namespaces[index].id, count: namespaces[index].told), at: now,
        namespace: namespaces[index].ordinal)
    }
  }

  /// Rule 14: "The members are recorded where the notification rule is judged (rule 4), whether or
  /// not a stream is open."
  private mutating func recordMembers() {
    for index in namespaces.indices {
      let members = namespaces[index].members
      guard members != namespaces[index].course.last?.members ?? 0 else { continue }
      namespaces[index].course.append((now, members))
    }
  }

  /// Rule 15, in the order in which the namespaces became vacant.
  private mutating func retireDueNamespaces(into effects: inout EffectBuffer) {
    while let index = firstToRetire {
      let namespace = namespaces.remove(at: index)
      effects.append(.retire(namespace.id), at: now, namespace: namespace.ordinal)
    }
  }

  private var firstToRetire: Int? {
    var first: Int?
    var firstOrder = UInt64.max
    for index in namespaces.indices where isDue(retirementInstant(of: namespaces[index])) {
      guard let vacant = namespaces[index].vacant, vacant.order < firstOrder else { continue }
      firstOrder = vacant.order
      first = index
    }
    return first
  }
}

extension ReferenceMeter {
  private func first(_ left: Instant?, _ right: Instant?) -> Instant? {
    guard let left else { return right }
    guard let right else { return left }
    return left.nanoseconds < right.nanoseconds ? left : right
  }

  private func isDue(_ instant: Instant?) -> Bool {
    guard let instant else { return false }
    return instant <= now
  }

  /// The instant at which a pending connection is counted.
  private func countingInstant(of connection: Connection) -> Instant? {
    connection.isCounted ? nil : connection.opened + configuration.incrementDelay
  }

  /// The instant at which a node's report is forgotten.
  private func expiryInstant(of peer: PeerCount) -> Instant? {
    peer.reported.map { $0.instant + configuration.clusterNodeTimeout }
  }

  /// The instant of the next notification if nothing changes before. Rule 4: "A namespace is
  /// notified if it has at least one open stream on this node, if its members are not 0, and if one
  /// of these holds: (a) … (b) …"
  private func notificationInstant(of namespace: Namespace) -> Instant? {
    guard !namespace.connections.isEmpty else { return nil }
    let members = namespace.members
    guard members > 0 else { return nil }
    // (b) "`notify-max-delay` has passed since told-at, whether anything changed or not."
    let quiet = namespace.toldAt + configuration.notifyMaxDelay
    guard isSufficient(members, to: namespace) else { return quiet }
    return min(quiet, namespace.toldAt + configuration.notifyMinDelay)
  }

  /// (a) "Members differ from told, or from the members at any greeting since told-at, by at least
  /// ⌊told × `notify-delta-ratio`⌋ and at least 1."
  private func isSufficient(_ members: UInt64, to namespace: Namespace) -> Bool {
    let ratio = configuration.notifyDeltaRatio
    let threshold = max(ratio.floorOfProduct(with: namespace.told), 1)
    func differs(from count: UInt64) -> Bool {
      (members > count ? members - count : count - members) >= threshold
    }
    return differs(from: namespace.told) || namespace.greeted.contains(where: differs)
  }

  /// The instant of a namespace's retirement if no event comes before.
  private func retirementInstant(of namespace: Namespace) -> Instant? {
    namespace.vacant.map { $0.instant + configuration.namespaceCleanDelay }
  }
}
