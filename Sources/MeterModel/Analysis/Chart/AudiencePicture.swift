// The pictures of a log: its audience over time, and two settings side by side.

/// Draws what was recorded of a log. The text is bounded, whatever the length of the log.
package struct AudiencePicture: Sendable {
  /// How many namespaces have a curve of their own; what all others have together is one more.
  package static let namespaces = 10

  /// For how many of them what was told is drawn too.
  package static let toldNamespaces = 3

  /// What the picture is called: the log's name.
  package var title: String

  /// Lines under the title.
  package var notes: [String]

  package init(title: String, notes: [String]) {
    self.title = title
    self.notes = notes
  }

  /// A document with the audience of the largest namespaces, and for the largest of them what was told.
  package func draw(_ recording: AudienceRecording) -> [UInt8] {
    let namespaces = recording.namespaces
    var panels: [ChartPanel] = []
    if namespaces.count > 1 {
      var series = namespaces.enumerated().map { place, curves in
        ChartSeries(
          curves.local, style: ChartStyle.curve(place), label: curves.text,
          note: "at most \(UInt64(curves.peak).grouped)")
      }
      if recording.rest.most > 0 {
        series.append(
          ChartSeries(
            recording.rest, style: "curve rest", label: "the rest, together",
            note: "at most \(recording.rest.most.grouped)"))
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

  /// A document with what was told under two settings, against the truth, for the largest namespaces.
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
  /// The name for people.
  fileprivate var text: String { String(decoding: name, as: UTF8.self) }
}
