import MeterModel
import Testing

struct ChartTicksTests {
  @Test(arguments: [
    (0, "0 1"), (1, "0 1"), (5, "0 1 2 3 4 5"), (6, "0 2 4 6"), (11, "0 5 10 15"),
    (1406, "0 500 1,000 1,500"), (1_000_000, "0 200,000 400,000 600,000 800,000 1,000,000"),
    (9_999_999, "0 2M 4M 6M 8M 10M"),
    (Configuration.maximumCount, "0 2E 4E 6E 8E 10E"),
  ])
  func `ticks of counts are round numbers`(maximum: UInt64, labels: String) {
    let ticks = CountTicks(upTo: maximum)
    #expect(ticks.values.map { ticks.label($0) }.joined(separator: " ") == labels)
    #expect(ticks.top >= maximum)
  }

  @Test(arguments: [
    (1, "0,0.000000001 s"), (5_000_000, "0,0.0005 s"), (1_000_000_000, "0,0.1 s"),
    (4_200_000_000, "0,0.5 s"), (60_000_000_000, "0,10 s"), (100_000_000_000, "0,10 s"),
    (101_000_000_000, "0,15 s"), (600_000_000_000, "0,1 min"), (7_200_000_000_000, "0,15 min"),
    (9_000_000_000_000, "0,0:15 h"), (86_400_000_000_000, "0,3 h"),
    (864_000_000_000_000, "0,1 d"), (Instant.latest.nanoseconds, "0,10000 d"),
  ])
  func `ticks of time have the unit that fits`(length: UInt64, first: String) {
    let ticks = TimeTicks(length: length)
    #expect(ticks.values.prefix(2).map { ticks.label($0) }.joined(separator: ",") == first)
    #expect(ticks.values.count <= 11)
  }

  @Test func `ticks of the wall clock are times, or dates on a long axis`() {
    let start: UInt64 = 784_111_777_000_000_000
    let hour = TimeTicks(length: 3_600_000_000_000)
    #expect(hour.wallLabel(600_000_000_000, from: start) == "08:59:37")
    let month = TimeTicks(length: 30 * 86_400_000_000_000)
    #expect(month.wallLabel(5 * 86_400_000_000_000, from: start) == "11 Nov 1994")
  }

  @Test func `commas separate thousands`() {
    #expect(
      [0, 999, 1000, 1_000_005, UInt64.max].map(\.grouped) == [
        "0", "999", "1,000", "1,000,005", "18,446,744,073,709,551,615",
      ])
  }

  @Test(arguments: [
    (0, "0 s"), (12_500_000_000, "12.5 s"), (1_234_567_890, "1.234 s"),
    (100_000_000_000, "1 min 40 s"), (5_400_000_000_000, "90 min"),
    (7_260_000_000_000, "2 h 1 min"), (360_000_000_000_000, "4 d 4 h"),
  ])
  func `durations are in the two units that fit`(length: UInt64, words: String) {
    #expect(Duration(nanoseconds: length).inWords == words)
  }
}

struct ChartTimelineTests {
  private func run(_ seconds: Range<UInt64>, wall: UInt64?) -> ChartRun {
    ChartRun(
      start: .start + .seconds(seconds.lowerBound), end: .start + .seconds(seconds.upperBound),
      wallStart: wall.map { $0 * 1_000_000_000 })
  }

  private func seconds(_ timeline: ChartTimeline) -> [UInt64] {
    (timeline.offsets + [timeline.length]).map { $0 / 1_000_000_000 }
  }

  @Test func `sections are placed by the wall clock if all pauses are shorter`() {
    let timeline = ChartTimeline([run(0..<10, wall: 1000), run(5..<15, wall: 1025)])
    #expect(seconds(timeline) == [0, 30, 40])
    #expect(timeline.wallStart == 1_000_000_000_000)
    #expect(timeline.time(of: .start + .seconds(6), inRun: 1) == 31_000_000_000)
  }

  @Test(
    arguments: [
      [1000, 1031], [1000, 1009], [1000, nil], [nil, nil],
    ] as [[UInt64?]])
  func `sections are placed end to end if the wall clock is no good axis`(walls: [UInt64?]) {
    let timeline = ChartTimeline([run(0..<10, wall: walls[0]), run(0..<10, wall: walls[1])])
    #expect(seconds(timeline) == [0, 10, 20])
    #expect(timeline.wallStart == nil)
  }

  @Test func `a timeline without sections has an axis`() {
    let timeline = ChartTimeline([])
    #expect(timeline.length == 1 && timeline.wallStart == nil)
  }
}
