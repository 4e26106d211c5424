// Reads the text form of the log from bytes in pieces of any size, as items.

/// A push parser of logs in text.
struct TextFormReader {
  /// What was read last.
  private(set) var records: ContiguousArray<LogRecord> = []

  /// The text of the last record, where that is a message.
  private(set) var text: [UInt8] = []

  private(set) var names: TextLogNames
  var isFinished = false

  /// The line that was read last, counted from 1.
  var line: Int { reader.line }

  private var lines = LineSplitter()
  private var reader = TextLogReader()

  // Which items there were: the section, its end, and the last of all.
  private var hasBegun = false
  private var hasEnded = false
  private var isOver = false

  /// What comes before anything else is read.
  private var following: ContiguousArray<LogItem> = []

  init(key: HashKey) {
    names = TextLogNames(key: key)
  }

  mutating func append(_ piece: Span<UInt8>) {
    lines.append(piece)
  }

  /// The next item; nil when there is none before more bytes, or none at all when `isFinished`.
  mutating func next(limit: Int) -> LogItem? {
    if following.isEmpty { read(limit: limit) }
    return following.isEmpty ? nil : following.removeFirst()
  }

  /// Reads up to so many records, up to a message, or up to something else.
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
