import Foundation
import MeterIO
import MeterModel
import Testing
import audience_meter

extension Units {
  /// The report of a bench, from its figures.
  @Suite struct BenchReportTests {
    @Test func `the summary of a bench shows failures in capitals`() {
      var figures = BenchFigures()
      figures.mode = .fanout
      figures.connections = 1000
      figures.crowd.connected = 990
      figures.crowd.failed = 10
      figures.crowd.duration = 500_000_000
      figures.fanout = FanoutFigures()
      figures.fanout?.add(
        RoundFigures(
          expected: 990, delivered: 989, latencies: LatencyHistogram(),
          cpu: BenchCPU(server: 9_890_000, own: 0)))
      figures.fanout?.failedTriggers = 1
      figures.closed = 2
      figures.troubles = [BenchTrouble(reason: "Connection refused", count: 10)]
      figures.isInterrupted = true
      let lines = text(of: figures).split(separator: "\n").map(String.init)
      #expect(lines.contains("connect     990 in 0.5 s = 1,980 a second; 10 FAILED"))
      #expect(lines.contains("fanout      1 round, 989 of 990 deliveries; 1 MISSED"))
      #expect(lines.contains("            1 trigger FAILED"))
      #expect(lines.contains("            CPU per delivery: server 10.00 µs, here 0.00 µs"))
      #expect(lines.contains("closed      2 by the server"))
      #expect(lines.contains("trouble     10 × Connection refused"))
      #expect(lines.last == "interrupted: these are the figures until then")
    }

    @Test
    func `the JSON of a bench has the same members in every mode, null where there is nothing`()
      throws
    {
      var full = BenchFigures()
      full.hold = HoldFigures()
      full.fanout = FanoutFigures()
      full.passers = ArrivalFigures()
      full.slow = SlowFigures()
      full.troubles = [BenchTrouble(reason: "a", count: 1)]
      let (empty, rich) = (
        try membersOfObject(json(of: BenchFigures())), try membersOfObject(json(of: full))
      )
      #expect(Set(empty.keys) == Set(rich.keys))
      #expect(empty["deliveries"] is NSNull && rich["deliveries"] as? Int == 0)
      let troubles = rich["troubles"] as? [[String: Any]]
      #expect(
        troubles?.first?["reason"] as? String == "a" && troubles?.first?["count"] as? Int == 1)
    }

    @Test(arguments: [
      (BenchProgress.Phase.connecting, "[#######"), (.sending, "[#######"), (.holding, "[#######"),
      (.settling, "waiting"), (.churning, "500 came and left, 250 a second"), (.leaving, "leaving"),
    ])
    func `each phase of a bench has a line of progress`(
      phase: BenchProgress.Phase, beginning: String
    ) {
      let progress = BenchProgress(
        phase: phase, done: 500, total: 2000, failed: 3, elapsed: .seconds(2))
      #expect(text(of: progress).hasPrefix(beginning))
      let unknown = BenchProgress(phase: phase, done: 5, total: 0, failed: 0, elapsed: .zero)
      #expect(!text(of: unknown).contains("#"))
    }
  }
}
