// The network between simulated nodes: a group (like multicast) that loses, duplicates, delays and
// thus reorders datagrams, and can be cut in one or both directions; and a hub (like Redis) that
// fails only as a whole, for one node.

/// A datagram in transit.
struct Flight {
  let arrival: Instant

  /// The number of the datagram; at equal instants it decides the order of arrival.
  let order: UInt64
  let to: Int
  let carrier: Carrier
  let from: Int
  let bytes: ContiguousArray<UInt8>
}

/// The datagrams in transit, and the connections between nodes.
struct SimulatedNetwork {
  private let plan: NodesPlan
  private var source: RandomSource
  private var order: UInt64 = 0

  /// A heap with the next arrival first.
  private var flights: ContiguousArray<Flight> = []
  private var isCut: Set<Int> = []
  private var isCutFromHub: Set<Int> = []

  init(_ plan: NodesPlan) {
    self.plan = plan
    source = RandomSource(seed: plan.seed).fork("network")
  }

  /// The instant of the next arrival; `Instant.never` if no datagram is in transit.
  var nextArrival: Instant { flights.first?.arrival ?? .never }

  mutating func cut(from: Int, to: Int, _ cut: Bool) {
    if cut { isCut.insert(from * 64 + to) } else { isCut.remove(from * 64 + to) }
  }

  /// Whether a node reaches another one that does not reach it.
  var isCutOneWay: Bool {
    isCut.contains { !isCut.contains($0 % 64 * 64 + $0 / 64) }
  }

  /// Cuts or heals the connection of a node to the hub. Returns whether it was healed.
  mutating func cutHub(_ node: Int, _ cut: Bool) -> Bool {
    guard cut else { return isCutFromHub.remove(node) != nil }
    isCutFromHub.insert(node)
    return false
  }

  /// Sends a datagram to all nodes, including the sender. A legacy node has no connection to the
  /// hub.
  mutating func send(
    _ datagram: ContiguousArray<UInt8>, isLegacy: Bool = false, from: Int, at now: Instant
  ) {
    let bytes = plan.losesRequests ? withoutRequest(datagram) : datagram
    if plan.hasGroup {
      for to in 0..<plan.nodes where !isCut.contains(from * 64 + to) {
        sendOverGroup(bytes, from: from, to: to, at: now)
      }
    }
    guard plan.hasHub, !isLegacy, !isCutFromHub.contains(from) else { return }
    for to in 0..<plan.nodes where !isCutFromHub.contains(to) {
      fly(bytes, from: from, to: to, .redis, arrival: now + .milliseconds(3))
    }
  }

  /// The datagram with another name for the key `ask`, which no node knows.
  private func withoutRequest(_ bytes: ContiguousArray<UInt8>) -> ContiguousArray<UInt8> {
    let key: [UInt8] = [0xA3, 0x61, 0x73, 0x6B]
    guard !plan.hasSecret, case .success(let datagram) = ClusterDatagram.decode(bytes.span),
      datagram.asked != nil, bytes.count > key.count
    else { return bytes }
    var changed = bytes
    for start in 0..<bytes.count - key.count
    where bytes[start..<start + key.count].elementsEqual(key) {
      changed[start + key.count - 1] = UInt8(ascii: "x")
    }
    return changed
  }

  private mutating func sendOverGroup(
    _ bytes: ContiguousArray<UInt8>, from: Int, to: Int, at now: Instant
  ) {
    let isGood = now >= plan.healsAt
    if !isGood, source.chance(plan.faults.lost, in: 1000) { return }
    let copies = !isGood && source.chance(plan.faults.doubled, in: 1000) ? 2 : 1
    let delay = isGood ? NodesPlan.delayWhenGood : plan.faults.delay
    for _ in 0..<copies {
      let late = Duration(nanoseconds: 1 + source.below(delay.nanoseconds))
      var arrival = now + late
      // A datagram that was sent before the network healed is not delayed for longer than one that
      // is sent then.
      if !isGood { arrival = min(arrival, max(now, plan.healsAt) + NodesPlan.delayWhenGood) }
      fly(bytes, from: from, to: to, .multicast, arrival: arrival)
    }
  }

  private mutating func fly(
    _ bytes: ContiguousArray<UInt8>, from: Int, to: Int, _ carrier: Carrier, arrival: Instant
  ) {
    order += 1
    flights.append(
      Flight(
        arrival: arrival, order: order, to: to, carrier: carrier, from: from, bytes: bytes))
    var place = flights.count - 1
    while place > 0, isBefore(place, (place - 1) / 2) {
      flights.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes the datagram that arrives next. Precondition: one is in transit.
  mutating func takeNext() -> Flight {
    flights.swapAt(0, flights.count - 1)
    let next = flights.removeLast()
    var place = 0
    while true {
      var earliest = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < flights.count && isBefore(child, earliest) { earliest = child }
      guard earliest != place else { return next }
      flights.swapAt(place, earliest)
      place = earliest
    }
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    let (one, other) = (flights[one], flights[other])
    return (one.arrival, one.order) < (other.arrival, other.order)
  }
}
