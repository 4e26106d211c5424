// The counts that this node sends to the other nodes, and the progress of the round that is being
// sent.

/// The counts that were last sent, dense by namespace number, and the position in the current
/// round.
struct Advertising {
  /// The counts of a namespace that were last sent to the other nodes.
  private struct Told {
    var members: UInt64 = 0
    var connections: UInt64 = 0

    /// Until this instant a count of zero is repeated. `Instant.start` if none was sent.
    var zeroUntil = Instant.start

    /// The number of further rounds that list the counts although they have not changed.
    var repetitions: UInt8 = 0
  }

  private var told: ContiguousArray<Told> = []
  private let roundsPerRefresh: Int
  private let memory: Duration

  /// The number of rounds so far. It spreads the refreshes of unchanged counts over the rounds.
  private var roundNumber = 0
  private var listsAll = false

  /// Whether a round is being sent, and the instant of its next slice.
  private(set) var isUnderWay = false
  var nextSlice = Instant.start

  /// The number of the next namespace, and the place of the next retired name.
  var cursor = 0
  var retiredCursor = 0

  /// The number of the next namespace whose retained texts are listed.
  var keptCursor = 0

  /// The number of datagrams of the current round so far, and of the round before it.
  var datagrams = 0
  private(set) var previousDatagrams = 0

  /// The number of counts that the current round leaves out because they have not changed.
  private(set) var leftOut: UInt64 = 0

  init(settings: ClusterSettings) {
    roundsPerRefresh = settings.roundsPerRefresh
    memory = settings.memory
  }

  /// Begins a round. It lists either every count, or the counts that changed lately and those that
  /// are due for a refresh.
  mutating func begin(listsAll: Bool, at instant: Instant) {
    self.listsAll = listsAll || roundsPerRefresh == 1
    roundNumber += 1
    isUnderWay = true
    nextSlice = instant
    cursor = 0
    retiredCursor = 0
    keptCursor = 0
    datagrams = 0
    leftOut = 0
  }

  mutating func end() {
    isUnderWay = false
    previousDatagrams = datagrams
  }

  /// Whether this round lists what has not changed, for a namespace with a number.
  func lists(_ number: Int) -> Bool {
    listsAll || (number + roundNumber) % roundsPerRefresh == 0
  }

  /// The counts of a namespace to send in this round; nil if there are none to send. O(1)
  @inline(__always)
  mutating func next(
    _ number: Int, of meter: borrowing Meter, at instant: Instant
  ) -> (members: UInt64, connections: UInt64)? {
    if number >= told.count {
      guard let counts = meter.localCounts(number), max(counts.members, counts.connections) > 0
      else { return nil }
      while told.count <= number { told.append(Told()) }
    }
    let (members, connections) = meter.localCounts(number) ?? (0, told[number].connections)
    let isChanged =
      told[number].members != members || told[number].connections != connections
    if members == 0 {
      if isChanged { told[number].zeroUntil = instant + memory }
      guard instant <= told[number].zeroUntil, told[number].zeroUntil > .start else { return nil }
    }
    if isChanged {
      told[number].repetitions = UInt8(ClusterSettings.roundsPerChange)
    }
    guard told[number].repetitions > 0 || lists(number) else {
      leftOut += 1
      return nil
    }
    if told[number].repetitions > 0 { told[number].repetitions -= 1 }
    told[number].members = members
    told[number].connections = connections
    return (members, connections)
  }

  /// Forgets the counts of a namespace whose number becomes free. Returns the connections that were
  /// last sent, and the instant until which its zero must be repeated; nil if no zero has to be
  /// sent.
  mutating func retire(
    _ namespace: NamespaceID, at instant: Instant
  ) -> (connections: UInt64, until: Instant)? {
    let number = Int(namespace.number)
    guard number < told.count else { return nil }
    let former = told[number]
    told[number] = Told()
    if former.members > 0 { return (former.connections, instant + memory) }
    guard former.zeroUntil > instant else { return nil }
    return (former.connections, former.zeroUntil)
  }

  /// The number of namespace numbers of which counts were sent or may have been.
  var count: Int { told.count }

  /// The connections of a namespace of which other nodes may hold members, because those were sent,
  /// or because their zero is still repeated; nil if there are none. Precondition: the number is
  /// less than `count`. O(1)
  func connectionsHeldElsewhere(_ number: Int, at instant: Instant) -> UInt64? {
    let last = told[number]
    guard last.members > 0 || last.zeroUntil > instant else { return nil }
    return last.connections
  }
}
