import MeterModel
import Testing
import audience_meter

extension Units {
  /// The line that shows how far a replay is.
  @Suite struct ProgressTests {
    @Test(arguments: [
      (0, "[······························]   0 %"),
      (505, "[###############···············]  50 %"),
      (1000, "[##############################] 100 %"),
    ])
    func `progress is a bar, a percentage and a rate`(share: UInt64, start: String) {
      let bar = progressBar(share: share, rate: share * 2000)
      #expect(bar.count { $0 == "#" || $0 == "·" } == 30)
      #expect(bar.hasPrefix(start))
      #expect(bar.hasSuffix(" \((share * 2000).grouped) events/s\u{1B}[K"))
    }
  }
}
