// The other nodes: those that are there, at most as many as the settings say, and those that departed, of
// which the latest are remembered, again as many as the settings say. A node keeps its number as long as it is
// remembered, so that its connections are not counted twice when it comes back. The number of one that is
// forgotten is given to another node once the meter holds nothing under it: so whoever invents nodes without
// end makes neither the meter nor a log grow without end.

/// The nodes that are known, by their session.
struct PeerTable {
  /// How many departed nodes are remembered, and how many may wait until the meter holds nothing of them.
  private let departedLimit: Int
  private let forgottenLimit: Int

  private var peers: ContiguousArray<Peer> = []
  private var places: [SessionID: UInt32] = [:]
  private var free: ContiguousArray<UInt32> = []
  private var lastSerial: UInt64 = 0

  /// Numbers of nodes: the next that nobody ever had, and those that are free again.
  private var nextNode: UInt32 = 0
  private var freeNodes: ContiguousArray<NodeID> = []

  /// The numbers of nodes that are forgotten and of which the meter may hold something, the first one first.
  private var forgotten: ContiguousArray<NodeID> = []
  private var firstForgotten = 0

  /// Under this number the meter is told the connections of nodes that are forgotten; nil if none ever was.
  private var tombstone: NodeID?

  /// Those who are there, in the order in which they came.
  private(set) var live: ContiguousArray<UInt32> = []

  /// Those who departed, in that order; one that came back since is passed over.
  private var departures: ContiguousArray<Departure> = []
  private var firstDeparture = 0
  private var departedCount = 0

  /// Those who said goodbye lately: a message that they sent before may still come.
  private var closing: ContiguousArray<UInt32> = []

  private struct Departure {
    let place: UInt32
    let serial: UInt64
  }

  init(settings: ClusterSettings) {
    departedLimit = settings.rememberedNodes
    forgottenLimit = settings.maximumNodes
  }

  subscript(place: UInt32) -> Peer {
    get { peers[Int(place)] }
    _modify { yield &peers[Int(place)] }
  }

  /// Where a session's node is, if it is known.
  func place(of session: SessionID) -> UInt32? { places[session] }

  /// Whether that node is there, at that place.
  func isLive(_ serial: UInt64, at place: UInt32) -> Bool {
    peers[Int(place)].serial == serial && peers[Int(place)].phase == .live
  }

  /// Whether so many nodes are forgotten and not over that no other may come for now.
  var isFullOfForgotten: Bool { forgotten.count - firstForgotten >= forgottenLimit }

  /// Adds a node that is there.
  mutating func add(
    _ session: SessionID, isLegacy: Bool, from address: NodeAddress, over carrier: Carrier,
    at instant: Instant
  ) -> UInt32 {
    lastSerial += 1
    let peer = Peer(
      session: session, serial: lastSerial, id: takeNode(), address: address, carrier: carrier,
      lastHeard: instant, isLegacy: isLegacy)
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
    departures.append(Departure(place: place, serial: peers[Int(place)].serial))
    departedCount += 1
    while departedCount > departedLimit { forgetFirstDeparture() }
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

  private func isDeparted(_ departure: Departure) -> Bool {
    let peer = peers[Int(departure.place)]
    return peer.serial == departure.serial && peer.phase == .departed
  }

  private mutating func forgetFirstDeparture() {
    let departure = departures[firstDeparture]
    firstDeparture += 1
    guard isDeparted(departure), let place = places[peers[Int(departure.place)].session],
      place == departure.place
    else { return }
    places[peers[Int(place)].session] = nil
    forgotten.append(peers[Int(place)].id)
    free.append(place)
    departedCount -= 1
  }

  /// Keeps the last departure of each node that has not come back.
  private mutating func compactDepartures() {
    var kept: ContiguousArray<Departure> = []
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

// MARK: - Numbers

extension PeerTable {
  /// The node that was forgotten first and is not over; nil if there is none.
  var nextForgotten: NodeID? {
    firstForgotten < forgotten.count ? forgotten[firstForgotten] : nil
  }

  /// The meter holds nothing of that node any more: another may have its number. Precondition: there is one.
  mutating func giveBackForgotten() {
    freeNodes.append(forgotten[firstForgotten])
    firstForgotten += 1
    guard firstForgotten > 64, firstForgotten > forgotten.count / 2 else { return }
    forgotten.removeFirst(firstForgotten)
    firstForgotten = 0
  }

  /// The number under which the connections of forgotten nodes are kept.
  mutating func takeTombstone() -> NodeID {
    let node = tombstone ?? takeNode()
    tombstone = node
    return node
  }

  private mutating func takeNode() -> NodeID {
    if let node = freeNodes.popLast() { return node }
    nextNode += 1
    return NodeID(nextNode - 1)
  }
}
