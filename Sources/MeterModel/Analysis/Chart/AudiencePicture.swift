// The pictures of a log: its audience over time, and a comparison of two settings.

/// Draws a recording of a log. The length of the document does not depend on the length of the log.
package struct AudiencePicture: Sendable {
  /// The number of namespaces with a curve of their own. All others share one curve.
  package static let namespaces = 10

  /// The number of namespaces with a panel for the counts that viewers were sent.
  package static let toldNamespaces = 3

  /// The title of the picture: the name of the log.
  package var title: String

  /// The lines under the title.
  package var notes: [String]

  package init(title: String, notes: [String]) {
    self.title = title
    self.notes = notes
  }

  /// A document with the audiences of the largest namespaces and, for the largest of them, the
  /// counts that viewers were sent.
  package func draw(_ recording: AudienceRecording) -> [UInt8] {
    let namespaces = recording.namespaces
    var panels: [ChartPanel] = []
    if namespaces.count > 1 {
      var series = namespaces.enumerated().map { place, curves in
        ChartSeries(
          curves.local, style: ChartStyle.curve(place), label: curves.text,
          note: "at most \(UInt64(curves.peak).grouped)")
      }
      if recording.rest.maximum > 0 {
        series.append(
          ChartSeries(
            recording.rest, style: "curve rest", label: "the rest, together",
            note: "at most \(recording.rest.maximum.grouped)"))
      }
      panels.append(
        ChartPanel(
          heading: "Members", height: max(260, 35 * series.count), series: series))
    }
    for curves in namespaces.prefix(Self.toldNamespaces) {
      panels.append(
        ChartPanel(
          heading: curves.text, height: namespaces.count > 1 ? 150 : 320,
          series: [
            ChartSeries(curves.told, style: "told", label: "told to the viewers"),
            ChartSeries(curves.members, style: "true", label: "members", isArea: true),
          ]))
    }
    return document(panels, recording)
  }

  /// A document with the counts that viewers were sent with two settings, beside the members, for
  /// the largest namespaces.
  package func draw(
    _ own: AudienceRecording, labelled ownLabel: String, beside given: AudienceRecording,
    labelled givenLabel: String
  ) -> [UInt8] {
    let panels = zip(own.namespaces, given.namespaces).prefix(Self.toldNamespaces).map {
      (first, second) in
      var series = [
        ChartSeries(first.told, style: "told", label: "told, the log's settings", note: ownLabel),
        ChartSeries(second.told, style: "other", label: "told, given settings", note: givenLabel),
        ChartSeries(first.members, style: "true", label: "members", isArea: true),
      ]
      if first.members.columns != second.members.columns {
        series.append(
          ChartSeries(second.members, style: "counted", label: "members, given settings"))
      }
      return ChartPanel(heading: first.text, height: 230, series: series)
    }
    return document(Array(panels), own)
  }

  private func document(_ panels: [ChartPanel], _ recording: AudienceRecording) -> [UInt8] {
    let timeline = recording.timeline
    let top = 48 + 18 * notes.count + 24
    let height = panels.reduce(top) { $0 + $1.extent(timeline) } + (panels.isEmpty ? 30 : 0)
    let width = ChartMeasures.width
    var writer = SVGWriter()
    writer.markup(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
        + " viewBox=\"0 0 \(width) \(height)\" role=\"img\">\n"
        + "<title>\(SVGWriter.escaped(title))</title>\n" + ChartStyle.sheet)
    writer.rectangle(x: 0, y: 0, width: width, height: height, style: "page")
    writer.text(
      title.shortened(to: 100), x: ChartMeasures.left, y: 36, style: "title", hint: title)
    for (index, note) in notes.enumerated() {
      writer.text(
        note.shortened(to: 180), x: ChartMeasures.left, y: 58 + 18 * index, style: "faint",
        hint: note)
    }
    if panels.isEmpty {
      writer.text("Nobody was there.", x: ChartMeasures.left, y: top + 4, style: "heading")
    }
    var y = top
    for panel in panels {
      writer.panel(panel, y: y, timeline: timeline, gaps: recording.gaps)
      y += panel.extent(timeline)
    }
    writer.markup("</svg>\n")
    return writer.bytes
  }
}

extension NamespaceCurves {
  /// The name as text.
  fileprivate var text: String { String(decoding: name, as: UTF8.self) }
}
