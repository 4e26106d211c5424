// What happens by itself, and when.

extension ReferenceMeter {
  /// The first instant at which anything is due; nil when nothing ever is.
  package var nextDeadline: Instant? {
    var earliest: Instant?
    for namespace in namespaces {
      for connection in namespace.connections {
        earliest = first(earliest, countingInstant(of: connection))
        earliest = first(earliest, connection.ends)
      }
      // One without members has nothing left that could be forgotten.
      for peer in namespace.peers where peer.members > 0 {
        earliest = first(earliest, expiryInstant(of: peer))
      }
      earliest = first(earliest, notificationInstant(of: namespace))
      earliest = first(earliest, retirementInstant(of: namespace))
    }
    return earliest
  }

  /// Fires what is due now: "increments, maximum durations, expiry of remote counts, notifications,
  /// retirements".
  mutating func fireDeadlines(into effects: inout EffectBuffer) {
    countWhoIsDue()
    endWhoIsDue(into: &effects)
    forgetWhatIsDue()
    tellWhatIsDue(into: &effects)
    retireWhatIsDue(into: &effects)
  }

  /// Rule 1: "A connection that opens in a namespace is pending until increment-delay has passed, then
  /// counted: members +1, connections +1."
  private mutating func countWhoIsDue() {
    for index in namespaces.indices {
      for connection in namespaces[index].connections.indices
      where isDue(countingInstant(of: namespaces[index].connections[connection])) {
        namespaces[index].count(connection)
      }
    }
  }

  /// Rule 6: "A connection is ended at most max-conn-duration after its open." In order of opening.
  private mutating func endWhoIsDue(into effects: inout EffectBuffer) {
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

  /// Rule 9: what a node said "is forgotten cluster-node-timeout after it was last said". In the order in
  /// which it was said.
  private mutating func forgetWhatIsDue() {
    while let (index, peer) = firstToForget { forget(peer, of: index) }
  }

  private var firstToForget: (namespace: Int, peer: Int)? {
    var first: (namespace: Int, peer: Int)?
    var firstOrder = UInt64.max
    for namespace in namespaces.indices {
      for (index, peer) in namespaces[namespace].peers.enumerated() {
        guard let said = peer.said, isDue(expiryInstant(of: peer)) else { continue }
        if said.order < firstOrder {
          firstOrder = said.order
          first = (namespace, index)
        }
      }
    }
    return first
  }

  /// Rule 4: "judged per namespace, once after every event, and once at an instant at which deadlines
  /// fired (after all that changed a count there)".
  mutating func tellWhatIsDue(into effects: inout EffectBuffer) {
    for index in namespaces.indices where isDue(notificationInstant(of: namespaces[index])) {
      setTold(index)
      namespaces[index].modified = now
      effects.append(
        .notify(namespaces[index].id, count: namespaces[index].told), at: now,
        namespace: namespaces[index].ordinal)
    }
  }

  /// Rule 7, in the order in which the namespaces became vacant.
  private mutating func retireWhatIsDue(into effects: inout EffectBuffer) {
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

  /// When a pending connection is counted.
  private func countingInstant(of connection: Connection) -> Instant? {
    connection.isCounted ? nil : connection.opened + configuration.incrementDelay
  }

  /// When what a node said is forgotten.
  private func expiryInstant(of peer: PeerCount) -> Instant? {
    peer.said.map { $0.instant + configuration.clusterNodeTimeout }
  }

  /// When a namespace is told its count, should nothing change before. "A namespace with members > 0 and
  /// at least one open connection on this node is told its count when (a) …, or (b) …"
  private func notificationInstant(of namespace: Namespace) -> Instant? {
    guard !namespace.connections.isEmpty else { return nil }
    let members = namespace.members
    guard members > 0 else { return nil }
    // (b) "now − told-at ≥ notify-max-delay, changed or not".
    let quiet = namespace.toldAt + configuration.notifyMaxDelay
    guard isWorthTelling(members, to: namespace) else { return quiet }
    return min(quiet, namespace.toldAt + configuration.notifyMinDelay)
  }

  /// (a) "members differ by at least max(⌊told × ratio⌋, 1) from told, or from what members were at any
  /// greeting since told".
  private func isWorthTelling(_ members: UInt64, to namespace: Namespace) -> Bool {
    let ratio = configuration.notifyDeltaRatio
    let threshold = max(ratio.floorOfProduct(with: namespace.told), 1)
    func differs(from count: UInt64) -> Bool {
      (members > count ? members - count : count - members) >= threshold
    }
    return differs(from: namespace.told) || namespace.greeted.contains(where: differs)
  }

  /// When a namespace is forgotten, should nobody come before.
  private func retirementInstant(of namespace: Namespace) -> Instant? {
    namespace.vacant.map { $0.instant + configuration.namespaceCleanDelay }
  }
}
