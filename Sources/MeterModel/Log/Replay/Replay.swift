// Plays a log of either form to a meter: the one driver of figures, verification, effects as text, series and
// what-if. It is pulled like the reader that it drives:
//
//   var replay = Replay()
//   replay.append(piece)
//   while let step = replay.next() { … }            and so on until there are no more pieces
//   replay.finish()
//   while let step = replay.next() { … }

/// A replay of a log of any number of sections, each from an empty meter.
package struct Replay {
  /// How much is applied before the replay says so.
  package enum Detail: Sendable {
    /// Thousands of records.
    case batches

    /// One record, with all that was due before it: names and numbers are then those of its time.
    case records

    /// One record, or the deadlines of one instant, with the namespaces in which they changed something.
    case instants
  }

  /// What came next.
  package enum Step: Sendable {
    /// A section begins, under these settings.
    case section(LogSection)

    /// Records were read, and will be applied by the next step; only in the detail of batches. So whoever has
    /// a clock can tell what reading takes from what the meter takes.
    case read

    /// Something was applied. What it led to is in `effects` until the next step.
    case applied

    /// Records are missing from here on.
    case gap(LogGap)

    /// The meter goes on from a snapshot, whatever it was before.
    case restored

    /// The effects up to this instant are not those of the daemon that wrote the log. Said once.
    case difference(Instant)

    /// The section is over.
    case end(Instant)

    /// The section stops in the middle of its file's last block.
    case torn(LogTear)

    /// Nothing more can be replayed.
    case damage(LogDamage)
  }

  /// The log, for the names of what effects are about.
  package private(set) var reader: LogReader

  /// The meter of the present section.
  package private(set) var meter = Meter(configuration: Configuration())

  /// The namespaces whose local figures the latest step may have changed; only in the detail of instants.
  package var changed: ContiguousArray<NamespaceID> { changes.namespaces }

  private var changes = NamespaceList()

  /// The record of the latest step, if it was one and no deadlines; only in the detail of instants.
  package private(set) var record: LogRecord?

  private let detail: Detail
  private let comparesDigests: Bool
  private let adjust: @Sendable (inout Configuration) -> Void
  private var buffer = EffectBuffer()
  private var tally = ReplayTally()

  /// What is still to be applied.
  private var ahead: Ahead?

  /// All of the reader's records at once; those from a place on, one by one; or all deadlines up to an instant, and the digest that
  /// should then be reached.
  private enum Ahead {
    case batch
    case records(from: Int)
    case instant(Instant, Digest?)
  }

  /// What comes before anything else is read.
  private var differing: Step?
  private var following: Step?
  private var isOver = false

  /// A replay of the log as it was recorded.
  package init(detail: Detail = .batches, key: HashKey = HashKey(0, 0)) {
    self.init(detail: detail, key: key, comparesDigests: true) { _ in }
  }

  /// A replay under other settings, whose checkpoints say nothing.
  package init(
    detail: Detail = .batches, key: HashKey = HashKey(0, 0),
    whatIf adjust: @escaping @Sendable (inout Configuration) -> Void
  ) {
    self.init(detail: detail, key: key, comparesDigests: false, adjust: adjust)
  }

  private init(
    detail: Detail, key: HashKey, comparesDigests: Bool,
    adjust: @escaping @Sendable (inout Configuration) -> Void
  ) {
    self.detail = detail
    self.comparesDigests = comparesDigests
    self.adjust = adjust
    reader = LogReader(key: key)
    if detail != .batches { reader.maximumBatch = 1 }
  }

  /// The effects of the latest step, in order.
  package var effects: ContiguousArray<Effect> { buffer.effects }

  /// What the replay amounts to so far.
  package var figures: ReplayFigures { tally.figures(with: meter, buffer.digest) }

  /// Takes in the next bytes of the log. Precondition: `next` was asked until it gave nothing.
  package mutating func append(_ piece: Span<UInt8>) {
    if !isOver { reader.append(piece) }
  }

  /// Nothing more comes; `next` is to be asked until it gives nothing.
  package mutating func finish() {
    reader.finish()
  }

  /// Applies what comes next; nil when there is nothing before more bytes, or at all after `finish`.
  package mutating func next() -> Step? {
    buffer.removeAll()
    changes.removeAll()
    record = nil
    if let ahead { return go(ahead) }
    if let step = differing ?? following {
      if differing == nil { following = nil } else { differing = nil }
      return step
    }
    guard !isOver else { return nil }
    releaseNames()
    return reader.next().map { take($0) }
  }

  private mutating func releaseNames() {
    let meter = meter
    reader.releaseNames(unlessKnown: { meter.exists($0) }, unlessHeld: { meter.isHeld($0) })
  }

  private mutating func take(_ item: LogItem) -> Step {
    switch item {
    case .section(var section):
      tally.begin(after: meter, buffer.digest)
      adjust(&section.configuration)
      meter = Meter(configuration: section.configuration)
      buffer = EffectBuffer()
      return .section(section)
    case .records:
      guard detail == .batches else { return go(.records(from: 0)) }
      ahead = .batch
      return .read
    case .checkpoint(let instant, let digest):
      return go(.instant(instant, digest))
    case .gap(let gap):
      tally.suspend()
      return .gap(gap)
    case .snapshot(let snapshot, let digest): return restore(snapshot, digest)
    case .end(let instant, let digest):
      if tally.isSuspended { return .end(instant) }
      following = .end(instant)
      return go(.instant(instant, digest))
    case .torn(let tear): return .torn(tear)
    case .damage(let damage): return stop(damage)
    }
  }

  private mutating func stop(_ damage: LogDamage) -> Step {
    isOver = true
    return .damage(damage)
  }

  private mutating func restore(_ snapshot: MeterSnapshot, _ digest: Digest) -> Step {
    do throws(SnapshotError) {
      let restored = try Meter(configuration: meter.configuration, restoring: snapshot)
      tally.restore(restored, insteadOf: meter, isFirst: meter.now == .start)
      meter = restored
      buffer = EffectBuffer(resuming: digest)
      if detail == .instants { meter.existingNamespaces.forEach { changes.note($0) } }
      return .restored
    } catch {
      return stop(LogDamage(place: reader.place, reason: "before it, \(error.reason)"))
    }
  }

  private mutating func applyRecords() -> Step {
    let records = reader.records
    guard let last = records.last, last.instant <= horizon else {
      return go(.records(from: 0))
    }
    ahead = nil
    meter.apply(records.span, into: &buffer)
    tally.note(records: records.count, buffer.effects)
    return .applied
  }

  /// How far the meter goes at once, so that a log in which nothing happens for years does not become one
  /// heap of notifications.
  private var horizon: Instant {
    let longest = min(meter.configuration.notifyMaxDelay.nanoseconds, 1 << 54)
    return meter.now + Duration(nanoseconds: 128 * longest)
  }

  /// Applies what is ahead: one record or all deadlines, or, in the detail of instants and when it is far,
  /// some deadlines before.
  private mutating func go(_ goal: Ahead) -> Step {
    let record: LogRecord?
    let goalInstant: Instant
    switch goal {
    case .batch: return applyRecords()
    case .records(let place):
      record = reader.records[place]
      goalInstant = reader.records[place].instant
    case .instant(let instant, _):
      record = nil
      goalInstant = instant
    }
    if let stop = stop(before: goalInstant) {
      ahead = goal
      if detail == .instants { meter.visitPending(dueBy: stop) { changes.note($0) } }
      meter.advance(to: stop, into: &buffer)
      note(nil)
      return .applied
    }
    ahead = nil
    if let record {
      meter.apply(record.event, at: record.instant, into: &buffer)
    } else {
      meter.advance(to: goalInstant, into: &buffer)
    }
    note(record)
    switch goal {
    case .batch: break
    case .records(let place):
      if place + 1 < reader.records.count { ahead = .records(from: place + 1) }
    case .instant(_, let expected):
      if comparesDigests, let expected, tally.isFirstDifference(expected, buffer.digest) {
        differing = .difference(goalInstant)
      }
    }
    return .applied
  }

  /// Where to stop on the way to an instant, if anywhere.
  private func stop(before instant: Instant) -> Instant? {
    if detail == .instants, let deadline = meter.nextDeadline, deadline <= instant {
      return max(deadline, meter.now)
    }
    return horizon < instant ? horizon : nil
  }

  private mutating func note(_ record: LogRecord?) {
    tally.note(records: record == nil ? 0 : 1, buffer.effects)
    guard detail == .instants else { return }
    self.record = record
    noteChanges(after: record)
  }

  /// Remembers the namespaces that the latest effects and the record may have changed.
  private mutating func noteChanges(after record: LogRecord?) {
    if case .closed(let connection) = record?.event,
      let namespace = meter.namespace(of: connection)
    {
      changes.note(namespace)
    }
    for effect in buffer.effects {
      switch effect.action {
      case .greet(_, _, let namespace, _): changes.note(namespace)
      case .end(let connection, _):
        if let namespace = meter.namespace(of: connection) { changes.note(namespace) }
      case .notify, .message, .retire, .refuse, .reject: break
      }
    }
  }
}
