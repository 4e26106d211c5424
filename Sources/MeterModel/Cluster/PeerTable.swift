// The other nodes: those that are there, at most as many as the settings say, and those that departed, of
// which the latest 65,536 are remembered. A node keeps its number as long as it is remembered, so that its
// connections are not counted twice when it comes back.

/// The nodes that are known, by their session.
struct PeerTable {
  /// How many departed nodes are remembered.
  static let departedLimit = 65_536

  private var peers: ContiguousArray<Peer> = []
  private var places: [SessionID: UInt32] = [:]
  private var free: ContiguousArray<UInt32> = []
  private var nextNode: UInt32 = 0

  /// Those who are there, in the order in which they came.
  private(set) var live: ContiguousArray<UInt32> = []

  /// Those who departed, in that order; one that came back since is passed over.
  private var departures: ContiguousArray<(place: UInt32, node: NodeID)> = []
  private var firstDeparture = 0
  private var departedCount = 0

  /// Those who said goodbye lately: a message that they sent before may still come.
  private var closing: ContiguousArray<UInt32> = []

  subscript(place: UInt32) -> Peer {
    get { peers[Int(place)] }
    _modify { yield &peers[Int(place)] }
  }

  /// Where a session's node is, if it is known.
  func place(of session: SessionID) -> UInt32? { places[session] }

  /// Whether the node of that number is there, at that place.
  func isLive(_ node: NodeID, at place: UInt32) -> Bool {
    peers[Int(place)].id == node && peers[Int(place)].phase == .live
  }

  /// Adds a node that is there.
  mutating func add(
    _ session: SessionID, isOld: Bool, from address: NodeAddress, over carrier: Carrier,
    at instant: Instant
  ) -> UInt32 {
    let peer = Peer(
      session: session, id: NodeID(nextNode), address: address, carrier: carrier,
      lastHeard: instant, isOld: isOld)
    nextNode += 1
    let place = free.popLast() ?? UInt32(peers.count)
    if Int(place) == peers.count { peers.append(peer) } else { peers[Int(place)] = peer }
    places[session] = place
    live.append(place)
    return place
  }

  /// Takes a departed node for one that is there again.
  mutating func revive(_ place: UInt32) {
    peers[Int(place)].begin()
    departedCount -= 1
    live.append(place)
  }

  /// Takes a node for departed. Of one that said goodbye, what it sent before and comes later is still told
  /// apart from what came already, for a node timeout. O(nodes)
  mutating func depart(_ place: UInt32, saysGoodbye: Bool) {
    live.removeAll { $0 == place }
    peers[Int(place)].phase = .departed
    if saysGoodbye { closing.append(place) } else { peers[Int(place)].close() }
    departures.append((place, peers[Int(place)].id))
    departedCount += 1
    while departedCount > Self.departedLimit { forgetFirstDeparture() }
    // Nodes that come and go again and again leave many entries that mean nothing any more.
    if departures.count > 1024, departures.count > 2 * departedCount { compactDepartures() }
  }

  /// Takes those for departed who were last heard before `instant`. O(nodes)
  mutating func departSilent(since instant: Instant) {
    for place in live where peers[Int(place)].lastHeard < instant {
      depart(place, saysGoodbye: false)
    }
    for place in closing
    where peers[Int(place)].phase == .departed && peers[Int(place)].lastHeard < instant {
      peers[Int(place)].close()
    }
    closing.removeAll {
      peers[Int($0)].phase == .live || peers[Int($0)].lastHeard < instant
    }
  }

  private func isDeparted(_ departure: (place: UInt32, node: NodeID)) -> Bool {
    let peer = peers[Int(departure.place)]
    return peer.id == departure.node && peer.phase == .departed
  }

  private mutating func forgetFirstDeparture() {
    let departure = departures[firstDeparture]
    firstDeparture += 1
    guard isDeparted(departure), let place = places[peers[Int(departure.place)].session],
      place == departure.place
    else { return }
    places[peers[Int(place)].session] = nil
    free.append(place)
    departedCount -= 1
  }

  /// Keeps the last departure of each node that has not come back.
  private mutating func compactDepartures() {
    var kept: ContiguousArray<(place: UInt32, node: NodeID)> = []
    var isKept = ContiguousArray(repeating: false, count: peers.count)
    for index in (firstDeparture..<departures.count).reversed() {
      let departure = departures[index]
      guard isDeparted(departure), !isKept[Int(departure.place)] else { continue }
      isKept[Int(departure.place)] = true
      kept.append(departure)
    }
    departures = ContiguousArray(kept.reversed())
    firstDeparture = 0
  }
}
