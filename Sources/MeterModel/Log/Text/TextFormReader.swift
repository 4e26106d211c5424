// Reads the items of a log in text from bytes in pieces of any size.

/// A push parser of logs in text.
struct TextFormReader {
  /// The records that were read last.
  private(set) var records: ContiguousArray<LogRecord> = []

  /// The text of the last record, if that is a message or one that is kept.
  private(set) var text: [UInt8] = []

  /// The names of the log.
  private(set) var names: TextLogNames

  /// Whether no more bytes follow.
  var isFinished = false

  /// The number of the line that was read last, from 1.
  var line: Int { reader.line }

  private var lines = LineSplitter()
  private var reader = TextLogReader()
  private let key: HashKey

  /// The state whose lines are being read.
  private var state: StateReader?

  // Whether the section, its end and the last item were returned.
  private var hasBegun = false
  private var hasEnded = false
  private var isOver = false

  /// The items that were read and not returned yet.
  private var following: ContiguousArray<LogItem> = []

  init(key: HashKey) {
    self.key = key
    names = TextLogNames(key: key)
  }

  /// Adds the next bytes. Precondition: `next` was called until it returned nil.
  mutating func append(_ piece: Span<UInt8>) {
    lines.append(piece)
  }

  /// The next item, with at most `limit` records; nil when the next item needs more bytes, or after
  /// the last item when `isFinished`.
  mutating func next(limit: Int) -> LogItem? {
    if following.isEmpty { read(limit: limit) }
    return following.isEmpty ? nil : following.removeFirst()
  }

  /// Reads at most `limit` records. A message, any other item and an error stop it earlier.
  private mutating func read(limit: Int) {
    records.removeAll(keepingCapacity: true)
    var last: ContiguousArray<LogItem> = []
    do throws(TextLogError) {
      while !isOver, last.isEmpty, records.count < limit {
        guard let line = lines.next() ?? (isFinished ? lines.rest() : nil) else {
          if isFinished { last = try finish() }
          break
        }
        let statement = try reader.read(line)
        if case .event(let instant, let event) = statement {
          records.append(LogRecord(instant, names.bind(event)))
          names.release(after: event)
          guard let words = event.text else { continue }
          text = words
          break
        }
        last = try items(for: statement)
      }
    } catch {
      isOver = true
      last = [.damage(LogDamage(place: "line \(error.line)", reason: error.reason))]
    }
    if !hasBegun, !records.isEmpty || !last.isEmpty {
      hasBegun = true
      following.append(.section(reader.section))
    }
    if !records.isEmpty { following.append(.records) }
    following += last
  }

  /// The end of the section at the end of the log, if it was not there yet.
  private mutating func finish() throws(TextLogError) -> ContiguousArray<LogItem> {
    isOver = true
    try reader.finish()
    return hasEnded ? [] : [.end(reader.latest, nil)]
  }

  /// The items that a line ends, without events.
  private mutating func items(
    for statement: TextStatement
  ) throws(TextLogError) -> ContiguousArray<LogItem> {
    switch statement {
    case .nothing, .event: return []
    case .state(let words):
      var lines = state ?? StateReader(names)
      state = nil
      let isLast: Bool
      do throws(StateError) {
        isLast = try lines.read(words)
      } catch {
        throw reader.error(error.reason)
      }
      guard isLast else {
        state = lines
        return []
      }
      try reader.endState(at: lines.snapshot.meter.now)
      names = lines.names
      return [.snapshot(lines.snapshot)]
    case .gap(let instant, let gap): return [.checkpoint(instant, nil), .gap(gap)]
    case .end(let instant):
      hasEnded = true
      return [.end(instant, nil)]
    case .section:
      names = TextLogNames(key: key)
      hasBegun = false
      hasEnded = false
      return []
    }
  }
}
