// A scenario is a transcript: a log in text, and the effects that it must have, also in text.

import MeterModel
import Testing

/// Applies a log to both meters and expects exactly these effects.
func expect(
  _ log: String, gives effects: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let expected = effects.isEmpty ? "" : effects + "\n"
  #expect(
    try TextReplay.effects(of: log, makeMeter: Meter.init(configuration:)) == expected,
    sourceLocation: sourceLocation)
  #expect(
    try TextReplay.effects(of: log, makeMeter: ReferenceMeter.init(configuration:)) == expected,
    sourceLocation: sourceLocation)
}
