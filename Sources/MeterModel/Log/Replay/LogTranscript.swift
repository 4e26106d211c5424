// The text form of a log of either form (docs/LOG-TEXT.md). A replay of the text has the same
// effects, digest and figures as one of the log.

/// Writes the items of a log as text, section by section.
package struct LogTranscript {
  private var writer = LogTextWriter()
  private let adjust: (inout Configuration) -> Void
  private var sections = 0

  /// The instant up to which the section was written.
  private var latest = Instant.start

  /// The connections of a binary section, whose records have slots instead of numbers.
  private var connections = TranscribedConnections()

  /// Whether the section has not ended.
  private var isOpen = false

  /// A transcript with settings that `adjust` changes.
  package init(adjust: @escaping (inout Configuration) -> Void = { _ in }) {
    self.adjust = adjust
  }

  /// The lines that were written and not taken yet. The caller may take and empty them at any time.
  package var bytes: [UInt8] {
    get { writer.bytes }
    set { writer.bytes = newValue }
  }

  /// Writes the latest item of a reader. Precondition: the reader's `maximumBatch` is 1.
  package mutating func write(_ item: LogItem, of reader: borrowing LogReader) {
    switch item {
    case .section(var section):
      close()
      sections += 1
      if sections > 1 { writer.writeSection() }
      adjust(&section.configuration)
      writer.write(section)
      latest = .start
      connections = TranscribedConnections()
      isOpen = true
    case .records:
      for record in reader.records {
        var event = reader.textEvent(record.event)
        if reader.isBinary == true { connections.take(record.event, as: &event) }
        writer.write(event, at: record.instant)
        latest = record.instant
      }
    case .checkpoint(let instant, _): latest = instant
    case .gap(let gap): writer.write(gap, at: latest)
    case .snapshot(let snapshot):
      writer.write(snapshot, names: reader)
      connections = TranscribedConnections(snapshot.meter)
      latest = snapshot.meter.now
    case .end(let instant, _):
      writer.writeEnd(at: instant)
      isOpen = false
    case .torn, .damage: close()
    }
  }

  /// Ends a section that has no end. Its deadlines have fired up to the latest instant, so the text
  /// needs an end to have the same effects.
  private mutating func close() {
    guard isOpen else { return }
    writer.writeEnd(at: latest)
    isOpen = false
  }
}
