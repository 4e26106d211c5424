// Replays a log in text with a meter of any kind, for scenarios and comparisons.

/// The replay of a log in text to effects in text.
package enum TextReplay {
  /// The effects of a log, each on a line.
  package static func effects<Meter: MeterProtocol>(
    of log: String, makeMeter: (Configuration) -> Meter
  ) throws(LogDamage) -> String {
    var reader = LogReader()
    reader.maximumBatch = 1
    reader.append(Array(log.utf8).span)
    reader.finish()
    var writer = LogTextWriter()
    var effects = EffectBuffer()
    var meter: Meter?
    var texts = KeptTexts()
    while let item = reader.next() {
      var event: Event?
      switch item {
      case .section(let section):
        meter = makeMeter(section.configuration)
        texts = KeptTexts()
      case .records:
        for record in reader.records {
          meter?.apply(record.event, at: record.instant, into: &effects)
          event = record.event
        }
      case .end(let instant, _): meter?.advance(to: instant, into: &effects)
      case .damage(let damage): throw damage
      case .gap, .snapshot:
        throw LogDamage(place: reader.place, reason: "a state is of one kind of meter only")
      case .checkpoint, .torn: break
      }
      texts.follow(event, text: reader.messageText, effects: effects.effects)
      for effect in effects.effects {
        writer.write(effect, names: reader, text: reader.text(of: effect, keeping: texts))
      }
      effects.removeAll()
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
