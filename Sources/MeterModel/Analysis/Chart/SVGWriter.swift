// Writes scalable vector graphics: elements, text with its escapes, and curves as paths.

/// Collects the text of a picture. Coordinates are whole pixels, in curves tenths of a pixel.
package struct SVGWriter {
  /// The text so far.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Writes markup without escapes.
  package mutating func markup(_ text: String) {
    bytes += text.utf8
  }

  /// Writes a line of text; `anchor` is start, middle or end, and `hint` the tooltip.
  package mutating func text(
    _ text: String, x: Int, y: Int, anchor: String = "start", style: String = "", hint: String = ""
  ) {
    let name = style.isEmpty ? "" : " class=\"\(style)\""
    let place = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
    let title = hint.isEmpty ? "" : "<title>\(Self.escaped(hint))</title>"
    markup("<text x=\"\(x)\" y=\"\(y)\"\(place)\(name)>\(title)\(Self.escaped(text))</text>\n")
  }

  /// Writes a line between two points.
  package mutating func line(x: Int, y: Int, toX: Int, toY: Int, style: String) {
    markup("<path class=\"\(style)\" d=\"M\(x) \(y)L\(toX) \(toY)\"/>\n")
  }

  /// Writes a rectangle.
  package mutating func rectangle(x: Int, y: Int, width: Int, height: Int, style: String) {
    markup(
      "<rect class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\"/>\n")
  }

  /// A text that is valid between tags and in attributes. Characters that XML does not allow become
  /// U+FFFD.
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

/// The frame of a curve, with one pixel for each column, the count `top` at the upper edge and 0 at
/// the lower one.
package struct CurveFrame: Sendable {
  /// The left edge, in pixels.
  package var x: Int

  /// The upper edge, in pixels.
  package var y: Int

  /// The height, in pixels.
  package var height: Int

  /// The count at the upper edge, at least 1.
  package var top: UInt64

  package init(x: Int, y: Int, height: Int, top: UInt64) {
    self.x = x
    self.y = y
    self.height = height
    self.top = top
  }

  /// The position of a count, in tenths of a pixel from the upper edge of the picture.
  fileprivate func tenths(_ value: UInt64) -> Int {
    let rise = UInt128(min(value, top)) * UInt128(height) * 10 / UInt128(top)
    return (y + height) * 10 - Int(rise)
  }

  /// The position of a count, in pixels from the upper edge of the picture.
  package func pixel(_ value: UInt64) -> Int {
    tenths(value) / 10
  }
}

extension SVGWriter {
  /// Writes a curve as a line of steps, or as the area below it.
  package mutating func curve(
    _ curve: ChartCurve, in frame: CurveFrame, style: String, isArea: Bool = false
  ) {
    var pen = CurvePen(frame: frame, isArea: isArea)
    for (index, column) in curve.columns.enumerated() { pen.draw(column, x: frame.x + index) }
    pen.lift(x: frame.x + curve.columns.count)
    if !pen.path.isEmpty { markup("<path class=\"\(style)\" d=\"\(pen.path)\"/>\n") }
  }
}

/// Draws a curve with horizontal and vertical strokes only, so that a steady part of it costs
/// nothing.
private struct CurvePen {
  let frame: CurveFrame
  let isArea: Bool
  var path = ""

  /// The position of the pen, x in pixels and y in tenths; nil while it is lifted.
  private var place: (x: Int, y: Int)?

  init(frame: CurveFrame, isArea: Bool) {
    self.frame = frame
    self.isArea = isArea
  }

  mutating func draw(_ column: ChartCurve.Column, x: Int) {
    guard column.isPresent else { return lift(x: x) }
    let (low, high) = (frame.tenths(column.minimum), frame.tenths(column.maximum))
    // The extreme that is farther from the end comes first.
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
