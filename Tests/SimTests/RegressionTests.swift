// The regressions: each log has the same effects as when it was added.

import MeterModel
import Testing

struct RegressionTests {
  @Test(arguments: Regression.all)
  func `a log has the same effects as when it was added`(regression: Regression) throws {
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
