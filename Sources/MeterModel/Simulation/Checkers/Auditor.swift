// The auditor follows a run of any size. From the records alone it derives the streams, the viewers
// and the counts that they were sent, and from these the effects that may and must come next. It
// takes O(1) for an event and a few bytes for a connection, shares only Vocabulary and Structures
// with the meter, and does not depend on the batches. Only a restart takes O(n log n).
//
// The effects of a record must follow it at once. The effects of deadlines are taken as they come;
// each must be justified at its instant, and none may be missing afterwards.

/// Follows records and effects, and reports the first effect that is wrong, missing or too much.
package struct Auditor {
  let configuration: Configuration
  var connections: ContiguousArray<Entry> = []
  var audiences: ContiguousArray<Audience> = []

  /// The viewer id of each connection, up to the last that had one.
  var viewerIDs: ContiguousArray<ViewerID> = []

  /// The viewers with an id and, where ids are exclusive, the number of the namespace in which each
  /// id has one; `.max` for none.
  var viewers: [ViewerKey: Viewer] = [:]
  var homes: ContiguousArray<UInt32> = []

  /// An upper bound of the numbers of viewer ids so far, itself excluded.
  var viewerNumbers = 0

  /// The viewers who are leaving or returning.
  var departures: [ViewerKey: Departure] = [:]

  /// The streams in whose place another one opened before their viewer was counted, each with the
  /// newcomer. They are kept as long as an entry in a queue names the first of them.
  var successors: [ConnectionOrdinal: StreamEntry] = [:]
  var remotes: [UInt64: Report] = [:]

  /// The count of each source of each namespace, by both numbers.
  var externals: [UInt64: Report] = [:]

  /// The most external counts that there were at one time.
  var maximumExternals = 0

  /// What each namespace keeps, and the most kept messages that there were at one time.
  var kept: [Int: [Kept]] = [:]
  var maximumKept = 0

  /// The keys in `remotes` of each node.
  var reportedBy: [NodeID: [UInt64]] = [:]

  // Queues in the order in which the waits began. Entries that are no longer valid are skipped.
  var arriving = FIFO<StreamEntry>()
  var pending = FIFO<StreamEntry>()
  /// Viewers of streams that were arriving. They have been pending since the open of the stream.
  var pendingArrived = FIFO<StreamEntry>()
  var pendingNamed = FIFO<ViewerEntry>()
  var pings = FIFO<ViewerEntry>()
  /// Departures: a queue for each number of steps, since these have one delay, and one for viewers
  /// who are returning. The instant of an entry is the end of the grace.
  var leaving = [FIFO<ViewerEntry>](
    repeating: FIFO<ViewerEntry>(), count: Int(Configuration.graceSteps) + 1)
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
  var countedEver: UInt64 = 0
  var pingCount: UInt32 = 0
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
