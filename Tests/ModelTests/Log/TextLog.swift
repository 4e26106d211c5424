import MeterModel

/// Logs in text that are read and written again.
enum TextLog {
  /// The text form of a log in text.
  static func again(_ log: String) -> String {
    var reader = LogReader()
    reader.maximumBatch = 1
    reader.append(Array(log.utf8).span)
    reader.finish()
    var transcript = LogTranscript()
    while let item = reader.next() { transcript.write(item, of: reader) }
    return String(decoding: transcript.bytes, as: UTF8.self)
  }

  /// The damage of a log in text; nil if there is none.
  static func damage(_ log: String) -> LogDamage? {
    var replay = Replay()
    replay.append(Array(log.utf8).span)
    replay.finish()
    while let step = replay.next() {
      if case .damage(let damage) = step { return damage }
    }
    return nil
  }
}
