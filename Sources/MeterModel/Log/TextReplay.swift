// Drives a meter with a log in text and writes its effects as text: how scenarios are told, and how a log
// is replayed.

/// A replay of one text log by a meter of either kind.
package struct TextReplay<Meter: MeterProtocol> {
  /// Reads the log's lines.
  package private(set) var reader = TextLogReader()

  /// The effects so far as text; the caller may empty it at any time.
  package var writer = LogTextWriter()

  /// The digest of all effects so far.
  package var digest: Digest { effects.digest }

  /// The meter, once the log's options are read.
  package private(set) var meter: Meter?

  /// How many events, connections greeted and notifications there were so far.
  package private(set) var events: UInt64 = 0
  package private(set) var greetings: UInt64 = 0
  package private(set) var notifications: UInt64 = 0

  private let makeMeter: (Configuration) -> Meter
  private var names = LogNames()
  private var effects = EffectBuffer()

  /// A replay by the meter that `makeMeter` makes once the log's options are read.
  package init(makeMeter: @escaping (Configuration) -> Meter) {
    self.makeMeter = makeMeter
  }

  /// Reads the next line and applies what it says.
  package mutating func read(_ line: [UInt8]) throws(TextLogError) {
    switch try reader.read(line) {
    case .nothing, .option: break
    case .event(let instant, let event): apply(event, at: instant)
    case .end(let instant): advance(to: instant)
    }
  }

  /// Fires what is due at the log's last instant, for a log that has no `end` too.
  package mutating func finish() {
    advance(to: reader.latest)
  }

  private mutating func apply(_ text: TextEvent, at instant: Instant) {
    advance(to: instant)
    events += 1
    let event = names.bind(text)
    meter?.apply(event, at: instant, into: &effects)
    if case .message(_, let words) = text {
      writeEffects(text: words)
    } else {
      writeEffects()
    }
    names.release(after: text)
  }

  private mutating func advance(to instant: Instant) {
    if meter == nil { meter = makeMeter(reader.configuration) }
    meter?.advance(to: instant, into: &effects)
    writeEffects()
  }

  private mutating func writeEffects(text: [UInt8] = []) {
    for effect in effects.effects {
      writer.write(effect, names: names, text: text)
      if case .greet = effect.action { greetings += 1 }
      if case .notify = effect.action { notifications += 1 }
    }
    effects.removeAll()
  }
}

extension TextReplay {
  /// The effects of a whole log, both as text.
  package static func effects(
    of log: String, makeMeter: @escaping (Configuration) -> Meter
  ) throws(TextLogError) -> String {
    var replay = TextReplay(makeMeter: makeMeter)
    try replay.read(whole: log)
    replay.finish()
    return String(decoding: replay.writer.bytes, as: UTF8.self)
  }

  /// Reads a whole log.
  package mutating func read(whole log: String) throws(TextLogError) {
    for line in log.utf8.split(separator: .lineFeed, omittingEmptySubsequences: false) {
      try read(Array(line))
    }
  }
}
