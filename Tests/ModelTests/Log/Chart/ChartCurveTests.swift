import MeterModel
import Testing

struct ChartCurveTests {
  @Test func `a curve has the least and the most of each column, and its value goes on`() {
    var curve = ChartCurve(columns: 5, length: 50)
    curve.set(3, at: 0)
    curve.set(900, at: 12)
    curve.set(2, at: 13)
    curve.set(5, at: 39)
    curve.finish()
    #expect(curve.text == "3 2-900 2 2-5 5")
    #expect(curve.most == 900)
  }

  @Test func `a value that comes and goes within a column leaves its spike`() {
    var curve = ChartCurve(columns: 2, length: 1000)
    curve.set(1, at: 0)
    curve.set(7, at: 600)
    curve.set(0, at: 600)
    curve.set(1, at: 600)
    curve.finish()
    #expect(curve.text == "1 0-7")
  }

  @Test func `a curve is absent before its first value and where it is told to be`() {
    var curve = ChartCurve(columns: 6, length: 60)
    curve.set(4, at: 25)
    curve.set(ChartCurve.absent, at: 45)
    curve.finish()
    #expect(curve.text == ". . 4 4 4 .")
    #expect(curve.columns[4].last == ChartCurve.absent)
  }

  @Test func `the last instant and all after it belong to the last column`() {
    var curve = ChartCurve(columns: 3, length: 30)
    curve.set(1, at: 30)
    curve.set(2, at: 31)
    curve.set(3, at: .max)
    curve.finish()
    #expect(curve.text == ". . 1-3")
  }

  @Test func `a million values take as many columns as were asked for`() {
    var curve = ChartCurve(columns: 100, length: 1_000_000)
    for time in UInt64(0)..<1_000_000 { curve.set(time == 777_777 ? 5000 : time % 7, at: time) }
    curve.finish()
    #expect(curve.columns.count == 100)
    for (place, column) in curve.columns.enumerated() {
      #expect(column.least == 0 && column.most == (place == 77 ? 5000 : 6))
    }
  }

  @Test func `a log of no length is one instant`() {
    var curve = ChartCurve(columns: 3, length: 0)
    curve.set(1, at: 0)
    curve.finish()
    #expect(curve.text == "1 1 1")
  }
}

struct DeviationTests {
  @Test func `the mean is over viewers and time`() {
    var deviation = Deviation()
    deviation.add(told: 10, members: 14, viewers: 3, nanoseconds: 1000)
    deviation.add(told: 20, members: 20, viewers: 1, nanoseconds: 1000)
    #expect(deviation.largest == 4)
    #expect(deviation.meanInThousandths == 3000)
    #expect(deviation.meanInBasisPoints == 1935)
  }

  @Test func `what nobody saw, or not for any time, is no deviation`() {
    var deviation = Deviation()
    deviation.add(told: 10, members: 0, viewers: 0, nanoseconds: 1000)
    deviation.add(told: 10, members: 0, viewers: 5, nanoseconds: 0)
    #expect(deviation == Deviation())
    #expect(deviation.meanInThousandths == 0 && deviation.meanInBasisPoints == 0)
  }

  @Test func `the largest numbers saturate`() {
    var deviation = Deviation()
    for _ in 0..<3 {
      deviation.add(
        told: 0, members: Configuration.maximumCount, viewers: .max,
        nanoseconds: Instant.latest.nanoseconds)
    }
    #expect(deviation.largest == Configuration.maximumCount)
    #expect(deviation.meanInBasisPoints == 10_000)
  }
}
