// The other nodes: those that are present, and the latest of those that departed. The settings
// limit both. A node keeps its number in the meter while it is remembered, so that its connections
// are not counted twice when it returns. When a node is forgotten, its number becomes free as soon
// as the meter holds nothing under it. So a sender that invents nodes without end makes neither the
// meter nor a log grow without end.

/// The known nodes, by session. A node has a place in the table, which is free again when it is
/// forgotten.
struct PeerTable {
  /// The largest number of departed nodes, and of forgotten nodes that the meter may hold.
  private let departedLimit: Int
  private let forgottenLimit: Int

  private var peers: ContiguousArray<Peer> = []
  private var places: [SessionID: UInt32] = [:]
  private var free: ContiguousArray<UInt32> = []
  private var lastSerial: UInt64 = 0

  /// The next number that no node had, and the numbers that are free again.
  private var nextNode: UInt32 = 0
  private var freeNodes: ContiguousArray<NodeID> = []

  /// The numbers of forgotten nodes that the meter may hold, in the order in which they were
  /// forgotten.
  private var forgotten = FIFO<NodeID>()

  /// The number under which the meter holds the connections of all forgotten nodes; nil before the
  /// first.
  private var tombstone: NodeID?

  /// The places of the nodes that are present, in the order of their arrival.
  private(set) var live: ContiguousArray<UInt32> = []

  /// The departures, in their order. An entry of a node that has returned since is skipped. A node
  /// that departs again and again has several entries.
  private var departures = FIFO<Departure>()
  private var departedCount = 0

  /// The places of nodes that sent a goodbye within the timeout: a message that they sent before
  /// may still arrive.
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

  /// The place of the node of a session; nil if it is not known.
  func place(of session: SessionID) -> UInt32? { places[session] }

  /// Whether the node with this serial number is present at a place.
  func isLive(_ serial: UInt64, at place: UInt32) -> Bool {
    peers[Int(place)].serial == serial && peers[Int(place)].phase == .live
  }

  /// Whether no further node can be added for now, because the meter may hold too many forgotten
  /// nodes.
  var isFullOfForgotten: Bool { forgotten.count >= forgottenLimit }

  /// Adds a node, which is present. Returns its place. Precondition: the session is not known.
  mutating func add(
    _ session: SessionID, isLegacy: Bool, from address: NodeAddress, over carrier: Carrier,
    at instant: Instant
  ) -> UInt32 {
    lastSerial += 1
    let peer = Peer(
      session: session, serial: lastSerial, id: makeNumber(), address: address, carrier: carrier,
      lastHeard: instant, isLegacy: isLegacy)
    let place = free.popLast() ?? UInt32(peers.count)
    if Int(place) == peers.count { peers.append(peer) } else { peers[Int(place)] = peer }
    places[session] = place
    live.append(place)
    return place
  }

  /// Makes a departed node present again.
  mutating func revive(_ place: UInt32) {
    peers[Int(place)].begin()
    departedCount -= 1
    live.append(place)
  }

  /// Makes a node depart. After a goodbye, the numbers of its datagrams stay known for a node
  /// timeout, so that late datagrams can be distinguished from repeated ones. O(nodes)
  mutating func depart(_ place: UInt32, saysGoodbye: Bool) {
    live.removeAll { $0 == place }
    peers[Int(place)].phase = .departed
    if saysGoodbye { closing.append(place) } else { peers[Int(place)].close() }
    departures.append(Departure(place: place, serial: peers[Int(place)].serial))
    departedCount += 1
    while departedCount > departedLimit { forgetFirstDeparture() }
    // A node that departs and returns many times leaves many entries without meaning.
    if departures.count > 1024, departures.count > 2 * departedCount { compactDepartures() }
  }

  /// Makes the nodes depart that were last heard before `instant`. O(nodes)
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
    guard let departure = departures.popFirst(), isDeparted(departure),
      let place = places[peers[Int(departure.place)].session], place == departure.place
    else { return }
    places[peers[Int(place)].session] = nil
    forgotten.append(peers[Int(place)].id)
    free.append(place)
    departedCount -= 1
  }

  /// Keeps only the last departure of each departed node. O(departures)
  private mutating func compactDepartures() {
    var kept: ContiguousArray<Departure> = []
    var isKept = ContiguousArray(repeating: false, count: peers.count)
    for index in (0..<departures.count).reversed() {
      let departure = departures[index]
      guard isDeparted(departure), !isKept[Int(departure.place)] else { continue }
      isKept[Int(departure.place)] = true
      kept.append(departure)
    }
    departures.removeAll()
    for departure in kept.reversed() { departures.append(departure) }
  }
}

// MARK: - Numbers

extension PeerTable {
  /// The node that was forgotten first and that the meter may hold; nil if there is none.
  var nextForgotten: NodeID? { forgotten.first }

  /// Frees the number of that node, because the meter holds nothing of it. Precondition: there is
  /// one.
  mutating func releaseForgotten() {
    guard let node = forgotten.popFirst() else { preconditionFailure("no node is forgotten") }
    freeNodes.append(node)
  }

  /// The number under which the connections of all forgotten nodes are kept.
  mutating func makeTombstone() -> NodeID {
    let node = tombstone ?? makeNumber()
    tombstone = node
    return node
  }

  private mutating func makeNumber() -> NodeID {
    if let node = freeNodes.popLast() { return node }
    nextNode += 1
    return NodeID(nextNode - 1)
  }
}
