import MeterModel
import Testing

/// The figures of each namespace of a log.
struct NamespaceTallyTests {
  private func tally(_ logs: String...) -> NamespaceTally {
    var tally = NamespaceTally(key: HashKey(1, 2))
    var replay = Replay(detail: .changes)
    for log in logs {
      replay.append(Array(log.utf8).span)
      while let step = replay.next() { tally.note(step, of: replay) }
      replay.finish()
      while let step = replay.next() { tally.note(step, of: replay) }
    }
    return tally
  }

  private func line(_ figures: NamespaceFigures) -> String {
    "peak \(figures.peakMembers) at \(figures.peakSection):\(figures.peakAt.decimalSeconds),"
      + " average \(figures.averageInThousandths), watched \(figures.watchSeconds),"
      + " joins \(figures.joins), counted \(figures.counted)"
  }

  private func lines(_ tally: NamespaceTally) -> [String] {
    tally.largest.map { "\(String(decoding: $0.name, as: UTF8.self)): \(line($0.figures))" }
      + ["all: \(line(tally.total))"]
  }

  @Test func `peak, average, watch time and joins are those of each namespace`() {
    let log = """
      option decrement-delay 0
      option increment-delay 1
      0 open 1 a
      2 open 2 a
      3 open 3 b
      3.5 close 3
      4 open 4 b
      6 close 1
      10 end
      """
    #expect(
      lines(tally(log)) == [
        "a: peak 2 at 1:3, average 1200, watched 12.000, joins 2, counted 2",
        "b: peak 1 at 1:5, average 769, watched 5.000, joins 2, counted 1",
        "all: peak 3 at 1:5, average 1700, watched 17.000, joins 4, counted 3",
      ])
  }

  @Test func `external counts take part in peak and watch time, and saturate`() {
    let log = """
      option decrement-delay 0
      option external-timeout 10
      0 external s a 5
      2 open 1 a
      4 external s a 0
      8 end
      """
    #expect(
      lines(tally(log)) == [
        "a: peak 6 at 1:2, average 3250, watched 26.000, joins 1, counted 1",
        "all: peak 6 at 1:2, average 3250, watched 26.000, joins 1, counted 1",
      ])
    let vast = """
      option external-timeout 2000000000
      0 external s a 9223372036854775807
      2000000000 external s a 0
      2000000000 end
      """
    let all = tally(vast, vast, vast, vast, vast).total
    #expect(all.memberNanoseconds > 1 << 125 && all.peakMembers == 9_223_372_036_854_775_807)
  }

  @Test func `a namespace that comes again under its name is one`() {
    let log = """
      option decrement-delay 0
      option namespace-clean-delay 1
      0 open 1 a
      1 close 1
      5 open 1 b
      6 open 2 a
      8 open 3 a
      9 end
      """
    #expect(
      lines(tally(log)) == [
        "a: peak 2 at 1:8, average 1250, watched 5.000, joins 3, counted 3",
        "b: peak 1 at 1:5, average 1000, watched 4.000, joins 1, counted 1",
        "all: peak 3 at 1:8, average 1800, watched 9.000, joins 4, counted 4",
      ])
  }

  @Test func `sections and logs are added up, and a peak has its section`() {
    let one = "0 open 1 a\n4 end\nsection\n0 open 1 a\n1 open 2 a\n2 end\n"
    let other = "option start 2026-06-01T18:00:00Z\n0 open 1 a\n0 open 2 a\n0.5 open 3 a\n1 end\n"
    let figures = tally(one, other)
    #expect(
      lines(figures) == [
        "a: peak 3 at 3:0.5, average 1357, watched 9.500, joins 6, counted 6",
        "all: peak 3 at 3:0.5, average 1357, watched 9.500, joins 6, counted 6",
      ])
    #expect(figures.total.peakTime?.text == "2026-06-01T18:00:00.5Z")
  }

  @Test func `members of a state count from it on, and are no joins`() {
    let log = """
      state meter at=10 digest=0000000000000000 messages=0 latest=2 created=1 counted=2 peak=2
      state namespace name=a ordinal=1 created=0 connections=2 told=2 told-at=9 lowest=2 highest=2 \
      peak=2 peak-at=0 member-seconds=20 member-nanoseconds=0
      state member 1 opened=0 ordinal=1 namespace=a since=0
      state member 2 opened=0 ordinal=2 namespace=a since=0
      state end 4
      12 open 3 a
      13 close 1
      13 gap 5 since=14
      20 end
      """
    #expect(
      lines(tally(log)) == [
        "a: peak 3 at 1:12, average 2333, watched 7.000, joins 1, counted 1",
        "all: peak 3 at 1:12, average 2333, watched 7.000, joins 1, counted 1",
      ])
  }
}
