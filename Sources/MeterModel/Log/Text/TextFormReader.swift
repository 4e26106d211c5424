// Reads the items of a log in text from bytes in pieces of any size.

/// A push parser of logs in text.
struct TextFormReader {
  /// The records that were read last.
  private(set) var records: ContiguousArray<LogRecord> = []

  /// The text of the last record, if that is a message.
  private(set) var text: [UInt8] = []

  /// The names of the log.
  private(set) var names: TextLogNames

  /// Whether no more bytes follow.
  var isFinished = false

  /// The number of the line that was read last, from 1.
  var line: Int { reader.line }

  private var lines = LineSplitter()
  private var reader = TextLogReader()

  // Whether the section, its end and the last item were returned.
  private var hasBegun = false
  private var hasEnded = false
  private var isOver = false

  /// The items that were read and not returned yet.
  private var following: ContiguousArray<LogItem> = []

  init(key: HashKey) {
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

  /// Reads at most `limit` records. A message, an end and an error stop it earlier.
  private mutating func read(limit: Int) {
    records.removeAll(keepingCapacity: true)
    var last: LogItem?
    while !isOver, records.count < limit {
      guard let line = lines.next() ?? (isFinished ? lines.rest() : nil) else {
        isOver = isFinished
        if isFinished, !hasEnded { last = .end(reader.latest, nil) }
        break
      }
      do throws(TextLogError) {
        switch try reader.read(line) {
        case .nothing, .option: continue
        case .event(let instant, let event):
          records.append(LogRecord(instant, names.bind(event)))
          names.release(after: event)
          if case .message(_, let words) = event {
            text = words
            break
          }
          continue
        case .end(let instant):
          hasEnded = true
          last = .end(instant, nil)
        }
      } catch {
        isOver = true
        last = .damage(LogDamage(place: "line \(error.line)", reason: error.reason))
      }
      break
    }
    if !hasBegun, !records.isEmpty || last != nil {
      hasBegun = true
      following.append(.section(LogSection(configuration: reader.configuration)))
    }
    if !records.isEmpty { following.append(.records) }
    if let last { following.append(last) }
  }
}
