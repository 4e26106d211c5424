import MeterModel
import Testing

struct ChartCurveTests {
  @Test func `a column has its minimum and maximum, and a value lasts until the next`() {
    var curve = ChartCurve(columns: 5, length: 50)
    curve.set(3, at: 0)
    curve.set(900, at: 12)
    curve.set(2, at: 13)
    curve.set(5, at: 39)
    curve.finish()
    #expect(curve.text == "3 2-900 2 2-5 5")
    #expect(curve.maximum == 900)
  }

  @Test func `a value that lasts for no time leaves its peak`() {
    var curve = ChartCurve(columns: 2, length: 1000)
    curve.set(1, at: 0)
    curve.set(7, at: 600)
    curve.set(0, at: 600)
    curve.set(1, at: 600)
    curve.finish()
    #expect(curve.text == "1 0-7")
  }

  @Test func `a curve is absent before its first value and from where it is set absent`() {
    var curve = ChartCurve(columns: 6, length: 60)
    curve.set(4, at: 25)
    curve.set(ChartCurve.absent, at: 45)
    curve.finish()
    #expect(curve.text == ". . 4 4 4 .")
    #expect(curve.columns[4].last == ChartCurve.absent)
  }

  @Test func `the last instant and later ones belong to the last column`() {
    var curve = ChartCurve(columns: 3, length: 30)
    curve.set(1, at: 30)
    curve.set(2, at: 31)
    curve.set(3, at: .max)
    curve.finish()
    #expect(curve.text == ". . 1-3")
  }

  @Test func `a million values take a hundred columns and lose no peak`() {
    var curve = ChartCurve(columns: 100, length: 1_000_000)
    for time in UInt64(0)..<1_000_000 { curve.set(time == 777_777 ? 5000 : time % 7, at: time) }
    curve.finish()
    #expect(curve.columns.count == 100)
    for (place, column) in curve.columns.enumerated() {
      #expect(column.minimum == 0 && column.maximum == (place == 77 ? 5000 : 6))
    }
  }

  @Test func `a curve without a length has its value in all columns`() {
    var curve = ChartCurve(columns: 3, length: 0)
    curve.set(1, at: 0)
    curve.finish()
    #expect(curve.text == "1 1 1")
  }
}
