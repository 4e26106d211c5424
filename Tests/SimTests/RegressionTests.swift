// The regressions: each log has the effects that it had when it was kept.

import MeterModel
import Testing

struct RegressionTests {
  @Test(arguments: Regression.all)
  func `a kept log has the effects that it had`(regression: Regression) throws {
    var replay = TextReplay(makeMeter: Meter.init(configuration:))
    try replay.read(whole: regression.log)
    replay.finish()
    let effects = String(decoding: replay.writer.bytes, as: UTF8.self)
    #expect(replay.digest.hexadecimal == regression.digest, "\(regression.found)\n\(effects)")
    let right = try TextReplay.effects(
      of: regression.log, makeMeter: ReferenceMeter.init(configuration:))
    #expect(effects == right)
  }
}
