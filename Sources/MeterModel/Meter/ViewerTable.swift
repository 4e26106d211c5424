// The viewers with a viewer id. Where ids are exclusive, an id has at most one viewer; where they
// are shared, it has at most one in each namespace.

/// The viewers, found by their ids.
struct ViewerTable {
  var viewers: ContiguousArray<Viewer> = []

  /// The last pings, each in the place of its viewer. Empty until somebody pings.
  var pings: ContiguousArray<LastPing> = []

  /// The viewers who are pending, and those who ping.
  var pending = DeadlineQueue()
  var pinging = DeadlineQueue()

  private var firstFree: UInt32 = .max
  private var index = NumberIndex()
  let isShared: Bool

  /// The number of viewers of each id.
  private(set) var holds: ContiguousArray<UInt32> = []
  private var holdsEnd = TableEnd()
  private var heldIDs = 0

  /// The number of viewers.
  private(set) var count = 0

  init(_ mode: ViewerIDMode) {
    isShared = mode == .shared
  }

  /// The bytes of the tables, including unused capacity.
  var tableBytes: Int {
    viewers.capacity * MemoryLayout<Viewer>.stride + pings.capacity * MemoryLayout<LastPing>.stride
      + holds.capacity * MemoryLayout<UInt32>.stride + index.tableBytes
  }

  subscript(place: UInt32) -> Viewer {
    get { viewers[Int(place)] }
    _modify { yield &viewers[Int(place)] }
  }

  /// Whether an id has a viewer. If not, its number may be bound to another text.
  func isKnown(_ id: ViewerID) -> Bool {
    Int(id.number) < holds.count && holds[Int(id.number)] > 0
  }

  /// The viewer with an id: the one in the namespace where ids are shared. O(1)
  func find(_ id: ViewerID, in namespace: UInt32) -> UInt32? {
    index.find(hash(id.number, namespace)) { place in
      let viewer = viewers[Int(place)]
      return viewer.id == id.number && (!isShared || viewer.namespace == namespace)
    }
  }

  /// Adds a viewer and returns its place. Amortized O(1). Precondition: there is none with its id.
  mutating func insert(_ viewer: Viewer) -> UInt32 {
    let place: UInt32
    if firstFree != .max {
      place = firstFree
      firstFree = viewers[Int(place)].links.next
      viewers[Int(place)] = viewer
    } else {
      place = UInt32(viewers.count)
      viewers.append(viewer)
    }
    count += 1
    index.insert(hash(viewer.id, viewer.namespace), place)
    holds.makeRoom(for: Int(viewer.id), 0, &holdsEnd)
    if holds[Int(viewer.id)] == 0 { heldIDs += 1 }
    holds[Int(viewer.id)] += 1
    return place
  }

  /// Removes a viewer. Returns whether its id has no other. Amortized O(1). Precondition: it is in
  /// no queue.
  mutating func remove(_ place: UInt32) -> Bool {
    let id = Int(viewers[Int(place)].id)
    index.remove(hash(viewers[Int(place)].id, viewers[Int(place)].namespace), place)
    viewers[Int(place)] = Viewer()
    viewers[Int(place)].links.next = firstFree
    firstFree = place
    count -= 1
    if count == 0 { (viewers, pings, firstFree) = ([], [], .max) }
    holds[id] -= 1
    guard holds[id] == 0 else { return false }
    heldIDs -= 1
    return true
  }

  /// Gives back the room of ids that have no viewer.
  mutating func giveBack() {
    holds.giveBack(&holdsEnd, inUse: heldIDs) { $0 == 0 }
  }

  /// Notes a ping of a viewer. Precondition: the viewer is not in the queue of those who ping.
  mutating func ping(_ place: UInt32, at now: Instant) {
    while pings.count <= Int(place) { pings.append(LastPing()) }
    pings[Int(place)].at = now
    pinging.append(place, in: &pings)
    viewers[Int(place)].isPinging = true
  }

  /// Ends the pings of a viewer who pings.
  mutating func endPing(_ place: UInt32) {
    pinging.remove(place, from: &pings)
    viewers[Int(place)].isPinging = false
  }

  private func hash(_ id: UInt32, _ namespace: UInt32) -> UInt32 {
    isShared ? id &+ namespace &* 0x85EB_CA6B : id
  }
}
