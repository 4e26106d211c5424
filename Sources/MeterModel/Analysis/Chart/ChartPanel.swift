// One coordinate system of a picture: axes, grid and curves, with a legend.

/// A curve and its style.
package struct ChartSeries: Sendable {
  /// The values.
  package var curve: ChartCurve

  /// A class of `ChartStyle`.
  package var style: String

  /// The text in the legend. It is shortened, and complete in the tooltip.
  package var label: String

  /// The second line in the legend.
  package var note: String

  /// Whether the area under the curve is filled.
  package var isArea: Bool

  package init(
    _ curve: ChartCurve, style: String, label: String, note: String = "", isArea: Bool = false
  ) {
    self.curve = curve
    self.style = style
    self.label = label
    self.note = note
    self.isArea = isArea
  }
}

/// Curves over one axis of time.
package struct ChartPanel: Sendable {
  /// The text above the panel.
  package var heading: String

  /// The height of the curves, in pixels.
  package var height: Int

  /// The curves, the front one first.
  package var series: [ChartSeries]

  package init(heading: String, height: Int, series: [ChartSeries]) {
    self.heading = heading
    self.height = height
    self.series = series
  }

  /// The height from the heading to the labels under the axis, in pixels.
  package func extent(_ timeline: ChartTimeline) -> Int {
    26 + height + (timeline.wallStart == nil ? 40 : 54)
  }
}

/// The measures of a picture, in pixels.
package enum ChartMeasures {
  /// The width of the picture.
  package static let width = 1200

  /// The left edge of the curves.
  package static let left = 76

  /// The width of the curves, with a column for each pixel.
  package static let columns = 900

  /// The right edge of the curves.
  package static let right = left + columns
}

extension SVGWriter {
  /// Draws a panel whose heading is at `y`.
  package mutating func panel(
    _ panel: ChartPanel, y: Int, timeline: ChartTimeline, gaps: ContiguousArray<Range<UInt64>>
  ) {
    let ticks = CountTicks(upTo: panel.series.reduce(0) { max($0, $1.curve.maximum) })
    let frame = CurveFrame(
      x: ChartMeasures.left, y: y + 16, height: panel.height, top: ticks.top)
    text(panel.heading.shortened(to: 110), x: frame.x, y: y, style: "heading", hint: panel.heading)
    for value in ticks.values {
      let height = frame.pixel(value)
      line(
        x: frame.x, y: height, toX: ChartMeasures.right, toY: height,
        style: value == 0 ? "axis" : "grid")
      text(ticks.label(value), x: frame.x - 8, y: height + 4, anchor: "end")
    }
    marks(in: frame, timeline: timeline, gaps: gaps)
    for series in panel.series.reversed() {
      curve(series.curve, in: frame, style: series.style, isArea: series.isArea)
    }
    legend(panel.series, y: frame.y)
  }

  /// Draws the ticks of time, the beginnings of sections, and gaps.
  private mutating func marks(
    in frame: CurveFrame, timeline: ChartTimeline, gaps: ContiguousArray<Range<UInt64>>
  ) {
    let base = frame.y + frame.height
    let place = { (time: UInt64) -> Int in
      frame.x + Int(UInt128(time) * UInt128(ChartMeasures.columns) / UInt128(timeline.length))
    }
    let ticks = TimeTicks(length: timeline.length)
    for time in ticks.values {
      let x = place(time)
      line(x: x, y: frame.y, toX: x, toY: base + 5, style: "grid")
      text(ticks.label(time), x: x, y: base + 19, anchor: "middle")
      if let start = timeline.wallStart {
        text(
          ticks.wallLabel(time, from: start), x: x, y: base + 34, anchor: "middle", style: "faint")
      }
    }
    for gap in gaps {
      let (x, end) = (place(gap.lowerBound), place(gap.upperBound))
      rectangle(x: x, y: frame.y, width: max(1, end - x), height: frame.height, style: "gap")
    }
    for (index, offset) in timeline.offsets.enumerated().dropFirst().prefix(100) {
      line(x: place(offset), y: frame.y, toX: place(offset), toY: base, style: "run")
      // The labels of more sections would overlap.
      guard timeline.offsets.count <= 8 else { continue }
      text("section \(index + 1)", x: place(offset) + 4, y: frame.y + 12, style: "faint")
    }
  }

  private mutating func legend(_ series: [ChartSeries], y: Int) {
    let x = ChartMeasures.right + 20
    var y = y + 6
    for entry in series {
      if entry.isArea {
        rectangle(x: x, y: y - 4, width: 18, height: 9, style: entry.style)
      } else {
        line(x: x, y: y, toX: x + 18, toY: y, style: entry.style)
      }
      text(entry.label.shortened(to: 26), x: x + 26, y: y + 4, hint: entry.label)
      if !entry.note.isEmpty {
        y += 15
        text(entry.note.shortened(to: 30), x: x + 26, y: y + 4, style: "faint", hint: entry.note)
      }
      y += 20
    }
  }
}
