// The regressions: each log has the effects that it had when it was kept.

import MeterModel
import Testing

struct RegressionTests {
  @Test(arguments: Regression.all)
  func `a kept log has the effects that it had`(regression: Regression) throws {
    var replay = Replay()
    replay.append(Array(regression.log.utf8).span)
    replay.finish()
    while replay.next() != nil {}
    let effects = try TextReplay.effects(
      of: regression.log, makeMeter: Meter.init(configuration:))
    #expect(
      replay.figures.digest.hexadecimal == regression.digest, "\(regression.found)\n\(effects)")
    let right = try TextReplay.effects(
      of: regression.log, makeMeter: ReferenceMeter.init(configuration:))
    #expect(effects == right)
  }
}
