// Writes a simulation's log in the text form, under names made of numbers.

/// Gathers the text of a log, batch by batch. The caller takes `bytes` and empties it.
package struct SimulationLogWriter {
  private var writer = LogTextWriter()

  /// The number of each connection by its ordinal, kept only while viewer ids name former connections.
  private var numbers: [ConnectionOrdinal: UInt64] = [:]
  private var latest = ConnectionOrdinal.none

  package init(_ configuration: Configuration) {
    writer.write(configuration)
  }

  /// What was written and not taken yet.
  package var bytes: [UInt8] { writer.bytes }

  /// Forgets what was taken.
  package mutating func removeAll() {
    writer.bytes.removeAll(keepingCapacity: true)
  }

  package mutating func append(_ records: ContiguousArray<LogRecord>) {
    for record in records {
      writer.write(textEvent(record.event), at: record.instant)
    }
  }

  /// The last line.
  package mutating func finish(at end: Instant) {
    writer.writeEnd(at: end)
  }

  private mutating func textEvent(_ event: Event) -> TextEvent {
    guard case .opened(let connection, _, let viewer, let after) = event else {
      return RandomLog.Step(instant: .start, event: event, after: nil).textEvent
    }
    latest = latest.next
    let number = numbers[after].map { ConnectionID(UInt32($0)) }
    if viewer != .none { numbers[latest] = UInt64(connection.number) }
    return RandomLog.Step(instant: .start, event: event, after: number).textEvent
  }
}
