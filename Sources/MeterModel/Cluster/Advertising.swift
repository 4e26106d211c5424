// What of this node's counts the others were told, and where the round that is under way stands.

/// The state of telling counts, dense by namespace number.
struct Advertising {
  /// What was told of a namespace.
  private struct Told {
    var members: UInt32 = 0
    var connections: UInt64 = 0

    /// Until when a count of zero is told.
    var zeroUntil = Instant.start
  }

  private var told: ContiguousArray<Told> = []
  private let roundsPerRefresh: Int
  private let memory: Duration

  /// Counts rounds, so that refreshes are spread over them.
  private var roundNumber = 0
  private var listsAll = false

  /// Whether a round is under way, and from when on it may go on.
  private(set) var isUnderWay = false
  var nextSlice = Instant.start

  /// The next namespace's number, then the next place among the retired.
  var cursor = 0
  var retiredCursor = 0

  /// How many datagrams the round has had, and the last one had.
  var datagrams = 0
  private(set) var formerDatagrams = 0

  /// How many counts the round leaves out, since they have not changed.
  private(set) var leftOut: UInt64 = 0

  init(settings: ClusterSettings) {
    roundsPerRefresh = settings.roundsPerRefresh
    memory = settings.memory
  }

  /// Begins a round that lists every count, or what changed and what is due for a refresh.
  mutating func begin(listsAll: Bool, at instant: Instant) {
    self.listsAll = listsAll || roundsPerRefresh == 1
    roundNumber += 1
    isUnderWay = true
    nextSlice = instant
    cursor = 0
    retiredCursor = 0
    datagrams = 0
    leftOut = 0
  }

  mutating func end() {
    isUnderWay = false
    formerDatagrams = datagrams
  }

  /// What to tell of a namespace in this round; nil for nothing. O(1)
  @inline(__always)
  mutating func next(
    _ number: Int, of meter: borrowing Meter, at instant: Instant
  ) -> (members: UInt64, connections: UInt64)? {
    if number >= told.count {
      guard let counts = meter.localCounts(number), counts.connections > 0 else { return nil }
      while told.count <= number { told.append(Told()) }
    }
    let (members, connections) = meter.localCounts(number) ?? (0, told[number].connections)
    let isChanged =
      told[number].members != members || told[number].connections != connections
    if members == 0 {
      if isChanged { told[number].zeroUntil = instant + memory }
      guard instant <= told[number].zeroUntil, connections > 0 else { return nil }
    }
    guard isChanged || listsAll || (number + roundNumber) % roundsPerRefresh == 0 else {
      leftOut += 1
      return nil
    }
    told[number].members = members
    told[number].connections = connections
    return (UInt64(members), connections)
  }

  /// Forgets what was told of a namespace whose number may come to mean another. The answer is the
  /// connections that were told and until when its zero is to be; nil if nobody need be told.
  mutating func retire(
    _ namespace: NamespaceID, at instant: Instant
  ) -> (connections: UInt64, until: Instant)? {
    let number = Int(namespace.number)
    guard number < told.count else { return nil }
    let former = told[number]
    told[number] = Told()
    if former.members > 0 { return (former.connections, instant + memory) }
    guard former.connections > 0, former.zeroUntil > instant else { return nil }
    return (former.connections, former.zeroUntil)
  }
}
