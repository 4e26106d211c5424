// Keeps books of its own over a run of any size: from the records alone it knows who is open, who is counted
// and what everybody was told, and from that what may and what must happen next. It costs O(1) an event
// and a few bytes a connection, shares nothing but Vocabulary with a meter, and does not care how a run
// is cut into batches.
//
// Effects that a record causes are expected right after it; those of deadlines are taken when they come and
// must be justified at their instant, and none may be missing once its instant is over.

/// Follows records and effects and complains about the first effect that is wrong, missing or too much.
package struct Auditor {
  /// What the books say of a connection; 16 bytes.
  struct Entry {
    enum Phase: UInt32 {
      /// Not known. Can become `pending`, `member` or `dismissed`.
      case absent
      /// Open, not counted. Can become any other.
      case pending
      /// Open and counted. Can become `absent` or `dismissed`.
      case member
      /// Ended or refused, its close awaited. Can become any other.
      case dismissed
    }

    var opened = Instant.start
    var ordinal = ConnectionOrdinal.none
    private var word: UInt32 = 0

    var namespace: Int {
      get { Int(word & 0x3FFF_FFFF) }
      set { word = word & 0xC000_0000 | UInt32(newValue) }
    }
    var phase: Phase {
      get { Phase(rawValue: word >> 30) ?? .absent }
      set { word = word & 0x3FFF_FFFF | newValue.rawValue << 30 }
    }
    var isOpen: Bool { phase == .pending || phase == .member }
  }

  /// What the books say of a namespace.
  struct Audience {
    var exists = false
    var open: UInt32 = 0
    var counted: UInt32 = 0
    var remote: UInt128 = 0
    var told: UInt64 = 0
    var toldAt = Instant.start
    var lowestGreeted: UInt64 = 0
    var highestGreeted: UInt64 = 0
    /// When members last changed, or may have.
    var changedAt = Instant.start
    /// Since when nobody is there; nil while somebody is.
    var vacantSince: Instant?

    var members: UInt64 { UInt64(min(UInt128(counted) + remote, UInt128(Int64.max))) }
  }

  struct Holder {
    var connection: UInt32 = .max
    var predecessor = ConnectionOrdinal.none
  }

  /// What a node last said of a namespace.
  struct Said {
    var members: UInt64
    var at: Instant
  }

  let configuration: Configuration
  var connections: ContiguousArray<Entry> = []
  var audiences: ContiguousArray<Audience> = []
  var holders: ContiguousArray<Holder> = []

  /// The viewer id of each connection, as far as any came with one.
  var viewers: ContiguousArray<ViewerID> = []
  var remotes: [UInt64: Said] = [:]

  /// The keys in `remotes` of each node.
  var saidBy: [NodeID: [UInt64]] = [:]

  // Who waits, in the order in which the waits began. What no longer holds is passed over.
  var pending = FIFO<PendingEntry>()
  var quiet = FIFO<AudienceEntry>()
  var throttled = FIFO<AudienceEntry>()
  var vacant = FIFO<AudienceEntry>()
  var speaking = FIFO<SaidEntry>()

  /// Namespaces in which something changed since they were last judged.
  var touched: ContiguousArray<Int> = []

  var now = Instant.start
  var latestOrdinal = ConnectionOrdinal.none
  var openCount: UInt32 = 0
  var countedNow: UInt64 = 0
  var namespaceCount: UInt32 = 0
  var lastIncrement: Instant?

  /// States that the run has reached.
  package internal(set) var milestones = MilestoneSet()

  /// How many records and notifications there were.
  package internal(set) var recordCount: UInt64 = 0
  package internal(set) var notifications: UInt64 = 0
  package internal(set) var opened: UInt64 = 0

  // The effects of the batch at hand.
  var effects: ContiguousArray<Effect> = []
  var position = 0

  struct PendingEntry {
    let since: Instant
    let connection: UInt32
    let ordinal: ConnectionOrdinal
  }

  struct AudienceEntry {
    let since: Instant
    let namespace: Int
  }

  struct SaidEntry {
    let since: Instant
    let key: UInt64
  }

  package init(_ configuration: Configuration, connections: Int = 0) {
    self.configuration = configuration
    self.connections.reserveCapacity(connections)
  }

  /// What is wrong with the effects of a batch of records; nil when nothing is.
  package mutating func complaint(
    about effects: ContiguousArray<Effect>, after records: Span<LogRecord>
  ) -> String? {
    self.effects = effects
    defer { self.effects = [] }
    position = 0
    for index in records.indices {
      let record = records[index]
      recordCount += 1
      if let wrong = catchUp(to: record.instant) ?? apply(record.event) ?? judge() {
        return "\(record.instant.decimalSeconds) \(record.event): \(wrong)"
      }
    }
    return leftover
  }

  /// What is wrong with the effects of time alone, up to and including `instant`.
  package mutating func complaint(
    about effects: ContiguousArray<Effect>, upTo instant: Instant
  ) -> String? {
    self.effects = effects
    defer { self.effects = [] }
    position = 0
    return catchUp(to: instant) ?? leftover
  }

  private var leftover: String? {
    next.map { "nothing justifies \($0.instant.decimalSeconds) \($0.action)" }
  }

  /// The next effect, if there is one.
  var next: Effect? { position < effects.count ? effects[position] : nil }

  /// Takes an effect that has to come now.
  mutating func expect(_ action: Effect.Action) -> String? {
    guard let effect = next, effect.instant == now, effect.action == action else {
      let came = next.map { "\($0.instant.decimalSeconds) \($0.action)" } ?? "nothing"
      return "expected \(action), got \(came)"
    }
    position += 1
    return nil
  }

  mutating func note(_ milestone: Milestone, if condition: Bool = true) {
    if condition { milestones.insert(milestone) }
  }
}
