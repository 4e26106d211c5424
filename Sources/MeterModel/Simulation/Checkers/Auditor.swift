// The auditor follows a run of any size. From the records alone it derives the open and the counted
// connections and the counts that they were sent, and from these the effects that may and must come
// next. It takes O(1) for an event and a few bytes for a connection, shares only Vocabulary and
// Structures with the meter, and does not depend on the batches.
//
// The effects of a record must follow it at once. The effects of deadlines are taken as they come;
// each must be justified at its instant, and none may be missing afterwards.

/// Follows records and effects, and reports the first effect that is wrong, missing or too much.
package struct Auditor {
  /// The state of a connection; 16 bytes.
  struct Entry {
    enum Phase: UInt32 {
      /// Unknown. Can become `pending`, `member` or `dismissed`.
      case absent
      /// Open and not counted. Can become any other.
      case pending
      /// Open and counted. Can become `absent` or `dismissed`.
      case member
      /// Ended or refused; its close is awaited. Can become any other.
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

  /// The state of a namespace.
  struct Audience {
    var exists = false
    var open: UInt32 = 0
    var counted: UInt32 = 0
    var remote: UInt128 = 0
    var external: UInt128 = 0

    /// The sources with a count.
    var sources = 0
    var told: UInt64 = 0
    var toldAt = Instant.start
    var lowestGreeted: UInt64 = 0
    var highestGreeted: UInt64 = 0
    /// The instant of the last change of the members, or of an event that may have changed them.
    var changedAt = Instant.start
    /// The instant since which there is no audience; nil if there is one.
    var vacantSince: Instant?

    /// The members at the last settled instant, and when they became so many.
    var settledMembers: UInt64 = 0
    var settledAt = Instant.start

    /// The largest settled members, and when they were first reached.
    var peak: UInt64 = 0
    var peakAt = Instant.start

    /// The sum of the settled members over the time until `settledAt`, in nanoseconds.
    var memberTime: UInt128 = 0

    var members: UInt64 {
      UInt64(min(UInt128(counted) + remote + external, UInt128(Int64.max)))
    }
  }

  struct Holder {
    /// The connection that holds the id; `.max` for none.
    var connection: UInt32 = .max

    /// The newest connection that was excluded for the id.
    var remembered = ConnectionOrdinal.none

    /// The instant when the last holder left; nil while one is there.
    var leftAt: Instant?

    /// Whether the present holder took the id, with what is remembered, after another one had left.
    var isReturn = false
  }

  /// A node's last report of a namespace.
  struct Report {
    var members: UInt64
    var at: Instant
  }

  let configuration: Configuration
  var connections: ContiguousArray<Entry> = []
  var audiences: ContiguousArray<Audience> = []
  var holders: ContiguousArray<Holder> = []

  /// The viewer id of each connection, up to the last that had one.
  var viewers: ContiguousArray<ViewerID> = []
  var remotes: [UInt64: Report] = [:]

  /// The count of each source of each namespace, by both numbers.
  var externals: [UInt64: Report] = [:]

  /// The most external counts that there were at one time.
  var maximumExternals = 0

  /// The keys in `remotes` of each node.
  var reportedBy: [NodeID: [UInt64]] = [:]

  // Queues in the order in which the waits began. Entries that are no longer valid are skipped.
  var pending = FIFO<PendingEntry>()
  var quiet = FIFO<AudienceEntry>()
  var throttled = FIFO<AudienceEntry>()
  var vacant = FIFO<AudienceEntry>()
  var reports = FIFO<ReportEntry>()
  var externalReports = FIFO<ReportEntry>()

  /// Namespaces that changed since they were last judged.
  var touched: ContiguousArray<Int> = []

  var now = Instant.start
  var latestOrdinal = ConnectionOrdinal.none
  var openCount: UInt32 = 0
  var countedNow: UInt64 = 0
  var namespaceCount: UInt32 = 0
  var lastIncrement: Instant?

  /// The milestones that the run reached.
  package internal(set) var milestones = MilestoneSet()

  /// The number of records, and of notifications and opens below.
  package internal(set) var recordCount: UInt64 = 0
  package internal(set) var notifications: UInt64 = 0
  package internal(set) var opened: UInt64 = 0

  // The effects of the current batch.
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

  struct ReportEntry {
    let since: Instant
    let key: UInt64
  }

  /// An auditor of runs with these settings, with room for a number of connections.
  package init(_ configuration: Configuration, connections: Int = 0) {
    self.configuration = configuration
    self.connections.reserveCapacity(connections)
  }

  /// The violation in the effects of a batch of records; nil if there is none.
  package mutating func violation(
    in effects: ContiguousArray<Effect>, after records: Span<LogRecord>
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

  /// The violation in the effects of deadlines up to and including `instant`; nil if there is none.
  package mutating func violation(
    in effects: ContiguousArray<Effect>, upTo instant: Instant
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

  /// Takes an effect that must come now. Returns the violation if it does not.
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
