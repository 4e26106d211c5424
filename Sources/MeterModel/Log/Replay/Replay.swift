// Applies a log of either form to a meter. Everything that needs the effects of a log uses it:
// figures, verification, effects as text, series, pictures, and replays with other settings. It is
// used like the reader:
//
//   var replay = Replay()
//   replay.append(piece)
//   while let step = replay.next() { … }            and so on for each piece
//   replay.finish()
//   while let step = replay.next() { … }

/// A replay of logs of any number of sections, one log after the other. Each section begins with an
/// empty meter.
package struct Replay {
  /// The amount that one step applies.
  package enum Detail: Sendable {
    /// Thousands of records.
    case batches

    /// One record and the deadlines before it. Names and numbers are then those of its time.
    case records

    /// One record, or the deadlines of one instant. `changed` is then known.
    case instants

    /// One record, or the deadlines of one instant at which counts may change, or all deadlines
    /// before the next such instant. These only notify and retire namespaces, and their effects
    /// have instants of their own. `changed` is then known. A quiet time takes few steps.
    case changes

    /// Whether steps are so small that `changed` is known.
    fileprivate var isFine: Bool {
      switch self {
      case .batches, .records: false
      case .instants, .changes: true
      }
    }
  }

  /// The results of a step.
  package enum Step: Sendable {
    /// A section begins, with these settings.
    case section(LogSection)

    /// Records were read and the next step applies them; only in the detail of batches. So a caller
    /// with a clock can measure reading and the meter separately.
    case read

    /// Records or deadlines were applied. Their effects are in `effects` until the next step.
    case applied

    /// Records are missing from here on.
    case gap(LogGap)

    /// The meter continues from a snapshot.
    case restored

    /// The effects up to this instant are not those of the daemon that wrote the log. At most one
    /// step of a replay.
    case difference(Instant)

    /// The section is over.
    case end(Instant)

    /// The section stops without an end.
    case torn(LogTear)

    /// The log cannot be replayed any further.
    case damage(LogDamage)
  }

  /// The reader of the log, which has the names for the numbers in effects.
  package private(set) var reader: LogReader

  /// The meter of the current section.
  package private(set) var meter = Meter(configuration: Configuration())

  /// The namespaces with counts that the latest step may have changed, those of other nodes
  /// included; only in the details of instants and of changes.
  package var changed: ContiguousArray<NamespaceID> { changes.namespaces }

  private var changes = NamespaceList()

  /// The record that the latest step applied; nil if it applied deadlines; only in the details of
  /// instants and of changes.
  package private(set) var record: LogRecord?

  private let detail: Detail
  private let key: HashKey
  private let comparesDigests: Bool
  private let adjust: @Sendable (inout Configuration) -> Void
  private var buffer = EffectBuffer()

  /// The texts of the messages that the meter keeps.
  private var texts = KeptTexts()
  private var tally = ReplayTally()

  /// The items that were read and not applied yet.
  private var pending: Pending?

  /// The items of a log that can be pending.
  private enum Pending {
    /// All records of the reader, at once.
    case batch

    /// The records of the reader from an index on, one by one.
    case records(from: Int)

    /// The deadlines up to and including an instant, and the digest of all effects by then.
    case instant(Instant, Digest?)
  }

  // Steps that were made and not returned yet.
  private var difference: Step?
  private var following: Step?
  private var isOver = false

  /// Whether the log was ended.
  private var isFinished = false

  /// A replay with the settings of the log. The key is that of the tables of names.
  package init(detail: Detail = .batches, key: HashKey = HashKey(0, 0)) {
    self.init(detail: detail, key: key, comparesDigests: true) { _ in }
  }

  /// A replay with other settings, which `adjust` sets in those of each section. Digests are not
  /// compared.
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
    self.key = key
    self.comparesDigests = comparesDigests
    self.adjust = adjust
    reader = LogReader(key: key)
    if detail != .batches { reader.maximumBatch = 1 }
  }

  /// The effects of the latest step, in order.
  package var effects: ContiguousArray<Effect> { buffer.effects }

  /// The text that an effect of the latest step sends; none where it sends no message. In the
  /// detail of batches a text may be known no more.
  package func text(of effect: Effect) -> [UInt8] { reader.text(of: effect, keeping: texts) }

  /// The figures so far.
  package var figures: ReplayFigures { tally.figures(with: meter, buffer.digest) }

  /// Adds the next bytes of the log; after `finish`, those of the next log. Precondition: `next`
  /// was called until it returned nil.
  package mutating func append(_ piece: Span<UInt8>) {
    if isFinished { beginLog() }
    if !isOver { reader.append(piece) }
  }

  /// Ends the log: no more bytes of it follow. `next` makes the steps that are left.
  package mutating func finish() {
    if isFinished { beginLog() }
    isFinished = true
    reader.finish()
  }

  private mutating func beginLog() {
    reader = LogReader(key: key)
    if detail != .batches { reader.maximumBatch = 1 }
    isOver = false
    isFinished = false
  }

  /// Makes the next step; nil when that needs more bytes, or after the last step when `finish` was
  /// called.
  package mutating func next() -> Step? {
    buffer.removeAll()
    changes.removeAll()
    record = nil
    if let pending { return apply(pending) }
    if let step = difference ?? following {
      if difference == nil { following = nil } else { difference = nil }
      return step
    }
    guard !isOver else { return nil }
    releaseNames()
    return reader.next().map { step(for: $0) }
  }

  private mutating func releaseNames() {
    guard reader.hasIdleNames else { return }
    let meter = meter
    reader.releaseNames(
      unlessKnown: { meter.exists($0) }, unlessViewerKnown: { meter.isKnown($0) },
      unlessSourceKnown: { meter.isKnown($0) }, unlessServiceKnown: { meter.isKnown($0) })
  }

  private mutating func step(for item: LogItem) -> Step {
    switch item {
    case .section(var section):
      tally.begin(section, after: meter, buffer.digest)
      adjust(&section.configuration)
      meter = Meter(configuration: section.configuration)
      buffer = EffectBuffer()
      texts = KeptTexts()
      return .section(section)
    case .records:
      guard detail == .batches else { return apply(.records(from: 0)) }
      pending = .batch
      return .read
    case .checkpoint(let instant, let digest):
      return apply(.instant(instant, digest))
    case .gap(let gap):
      tally.suspend()
      return .gap(gap)
    case .snapshot(let snapshot): return restore(snapshot)
    case .end(let instant, let digest):
      if tally.isSuspended { return .end(instant) }
      following = .end(instant)
      return apply(.instant(instant, digest))
    case .torn(let tear): return .torn(tear)
    case .damage(let damage): return stop(damage)
    }
  }

  private mutating func stop(_ damage: LogDamage) -> Step {
    isOver = true
    return .damage(damage)
  }

  private mutating func restore(_ snapshot: LogSnapshot) -> Step {
    do throws(SnapshotError) {
      let restored = try Meter(configuration: meter.configuration, restoring: snapshot.meter)
      tally.restore(restored, insteadOf: meter, isFirst: meter.now == .start)
      meter = restored
      buffer = EffectBuffer(resuming: snapshot.digest)
      texts = snapshot.keptTexts
      if detail.isFine { meter.existingNamespaces.forEach { changes.insert($0) } }
      return .restored
    } catch {
      return stop(LogDamage(place: reader.place, reason: "before it, \(error.reason)"))
    }
  }

  private mutating func applyRecords() -> Step {
    let records = reader.records
    guard let last = records.last, last.instant <= horizon else {
      return apply(.records(from: 0))
    }
    pending = nil
    meter.apply(records.span, into: &buffer)
    tally.count(records: records.count, buffer.effects)
    followTexts(of: last.event)
    return .applied
  }

  /// The instant up to which one step may go, so that years without an event do not become one
  /// large batch of notifications.
  private var horizon: Instant {
    let delay = min(meter.configuration.notifyMaxDelay.nanoseconds, 1 << 54)
    return meter.now + Duration(nanoseconds: 128 * delay)
  }

  /// Applies the pending item, or some deadlines before it: those of one instant in the detail of
  /// instants, those up to the horizon otherwise.
  private mutating func apply(_ next: Pending) -> Step {
    let record: LogRecord?
    let instant: Instant
    switch next {
    case .batch: return applyRecords()
    case .records(let index):
      record = reader.records[index]
      instant = reader.records[index].instant
    case .instant(let end, _):
      record = nil
      instant = end
    }
    if let stop = stop(before: instant) {
      pending = next
      if detail.isFine {
        meter.visitPending(dueBy: stop) { changes.insert($0) }
        meter.visitLeaving(dueBy: stop) { changes.insert($0) }
        meter.visitExpiring(dueBy: stop) { changes.insert($0) }
      }
      meter.advance(to: stop, into: &buffer)
      finishStep(with: nil)
      return .applied
    }
    pending = nil
    if let record {
      if detail.isFine { meter.visitHidden(by: record.event) { changes.insert($0) } }
      meter.apply(record.event, at: record.instant, into: &buffer)
    } else {
      meter.advance(to: instant, into: &buffer)
    }
    finishStep(with: record)
    switch next {
    case .batch: break
    case .records(let index):
      if index + 1 < reader.records.count { pending = .records(from: index + 1) }
    case .instant(_, let expected):
      if comparesDigests, let expected, tally.isFirstDifference(expected, buffer.digest) {
        difference = .difference(instant)
      }
    }
    return .applied
  }

  /// The instant at which a step stops on the way to another; nil if it need not stop.
  private func stop(before instant: Instant) -> Instant? {
    guard detail.isFine, let deadline = meter.nextDeadline, deadline <= instant else {
      return horizon < instant ? horizon : nil
    }
    let next = max(deadline, meter.now)
    let change = meter.nextCountDeadline
    guard detail == .changes, change > next else { return next }
    return max(next, min(instant, horizon, Instant(nanoseconds: change.nanoseconds - 1)))
  }

  private mutating func finishStep(with record: LogRecord?) {
    tally.count(records: record == nil ? 0 : 1, buffer.effects)
    followTexts(of: record?.event)
    guard detail.isFine else { return }
    self.record = record
    insertChanges(of: record)
  }

  /// Keeps the text of an event that was applied, if the meter does.
  private mutating func followTexts(of event: Event?) {
    guard case .retained(let namespace, _, _, _) = event, !meter.exists(namespace) else {
      return texts.follow(event, text: reader.messageText, effects: buffer.effects)
    }
    texts.follow(nil, text: [], effects: buffer.effects)
  }

  /// Adds the namespaces that a record and its effects may have changed to `changes`.
  private mutating func insertChanges(of record: LogRecord?) {
    switch record?.event {
    case .closed(let connection), .cut(let connection), .arrived(let connection, _):
      if let namespace = meter.namespace(of: connection) { changes.insert(namespace) }
    case .peer(_, let namespace, _, _), .external(_, let namespace, _), .left(let namespace, _),
      .transferred(let namespace, _, _):
      changes.insert(namespace)
    case .opened, .excluded, .message, .retained, .bye, .restarted, .pinged, .moved, nil: break
    }
    for effect in buffer.effects {
      switch effect.action {
      case .greet(_, _, let namespace, _), .pong(let namespace, _, _): changes.insert(namespace)
      case .end(let connection, _):
        if let namespace = meter.namespace(of: connection) { changes.insert(namespace) }
      case .notify, .message, .send, .retire, .refuse, .reject: break
      }
    }
  }
}
