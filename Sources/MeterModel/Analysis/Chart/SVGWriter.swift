// Writes scalable vector graphics: elements, text with its escapes, and curves as paths.

/// Gathers the text of a picture. Coordinates are whole pixels, in paths tenths of them.
package struct SVGWriter {
  /// What was written.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Markup as it is.
  package mutating func markup(_ text: String) {
    bytes += text.utf8
  }

  /// A line of text at a place; `anchor` is start, middle or end.
  package mutating func text(
    _ text: String, x: Int, y: Int, anchor: String = "start", style: String = "", hint: String = ""
  ) {
    let name = style.isEmpty ? "" : " class=\"\(style)\""
    let place = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
    let title = hint.isEmpty ? "" : "<title>\(Self.escaped(hint))</title>"
    markup("<text x=\"\(x)\" y=\"\(y)\"\(place)\(name)>\(title)\(Self.escaped(text))</text>\n")
  }

  package mutating func line(x: Int, y: Int, toX: Int, toY: Int, style: String) {
    markup("<path class=\"\(style)\" d=\"M\(x) \(y)L\(toX) \(toY)\"/>\n")
  }

  package mutating func rectangle(x: Int, y: Int, width: Int, height: Int, style: String) {
    markup(
      "<rect class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\"/>\n")
  }

  /// A text that is safe between tags and in attributes: what markup or XML itself would not take is
  /// replaced.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// Where a curve is drawn: one pixel a column, `top` at the upper edge and 0 at the lower one.
package struct CurveFrame: Sendable {
  package var x: Int
  package var y: Int
  package var height: Int

  /// The count at the upper edge, at least 1.
  package var top: UInt64

  package init(x: Int, y: Int, height: Int, top: UInt64) {
    self.x = x
    self.y = y
    self.height = height
    self.top = top
  }

  /// The height of a count in tenths of a pixel from the picture's upper edge.
  fileprivate func tenths(_ value: UInt64) -> Int {
    let rise = UInt128(min(value, top)) * UInt128(height) * 10 / UInt128(top)
    return (y + height) * 10 - Int(rise)
  }

  /// The same in whole pixels.
  package func pixel(_ value: UInt64) -> Int {
    tenths(value) / 10
  }
}

extension SVGWriter {
  /// A curve as a line of steps, or as the area below it.
  package mutating func curve(
    _ curve: ChartCurve, in frame: CurveFrame, style: String, isArea: Bool = false
  ) {
    var pen = CurvePen(frame: frame, isArea: isArea)
    for (index, column) in curve.columns.enumerated() { pen.draw(column, x: frame.x + index) }
    pen.lift(x: frame.x + curve.columns.count)
    if !pen.path.isEmpty { markup("<path class=\"\(style)\" d=\"\(pen.path)\"/>\n") }
  }
}

/// Draws a curve with level and upright strokes only, so that a steady stretch costs nothing.
private struct CurvePen {
  let frame: CurveFrame
  let isArea: Bool
  var path = ""

  /// Where the pen is, in pixels and tenths; nil while it is lifted.
  private var place: (x: Int, y: Int)?

  init(frame: CurveFrame, isArea: Bool) {
    self.frame = frame
    self.isArea = isArea
  }

  mutating func draw(_ column: ChartCurve.Column, x: Int) {
    guard column.isPresent else { return lift(x: x) }
    let (low, high) = (frame.tenths(column.least), frame.tenths(column.most))
    // From where it comes: first to the extreme that is farther from the end.
    let last = column.last == ChartCurve.absent ? low : frame.tenths(column.last)
    let turns = last - high < low - last ? [low, high, last] : [high, low, last]
    for y in turns { move(x: x, y: y) }
    if column.last == ChartCurve.absent { lift(x: x + 1) }
  }

  /// Ends the stroke at `x`.
  mutating func lift(x: Int) {
    guard let from = place else { return }
    if x > from.x { path += "H\(x)" }
    if isArea { path += "V\(frame.y + frame.height)Z" }
    place = nil
  }

  private mutating func move(x: Int, y: Int) {
    guard let from = place else {
      path += isArea ? "M\(x) \(frame.y + frame.height)V\(decimal(y))" : "M\(x) \(decimal(y))"
      place = (x, y)
      return
    }
    guard y != from.y else { return }
    if x != from.x { path += "H\(x)" }
    path += "V\(decimal(y))"
    place = (x, y)
  }

  private func decimal(_ tenths: Int) -> String {
    tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
