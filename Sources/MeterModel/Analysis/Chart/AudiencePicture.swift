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
          note: "at most \(curves.peak.grouped)")
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
            ChartSeries(
              curves.shown, style: "told", label: "shown to the viewers", note: "on average")
          ] + curves.pending + [
            ChartSeries(curves.audience, style: "true", label: "viewers", isArea: true)
          ]))
    }
    return document(panels, recording)
  }

  /// A document with the numbers that viewers saw with two settings, beside the audience, for the
  /// largest namespaces.
  package func draw(_ first: ComparedRecording, beside second: ComparedRecording) -> [UInt8] {
    let pairs = zip(first.recording.namespaces, second.recording.namespaces)
    let panels = pairs.prefix(Self.toldNamespaces).map { one, other in
      var series = [
        ChartSeries(one.shown, style: "told", label: "shown, \(first.name)", note: first.note),
        ChartSeries(
          other.shown, style: "other", label: "shown, \(second.name)", note: second.note),
        ChartSeries(one.audience, style: "true", label: "viewers", isArea: true),
      ]
      if one.audience.columns != other.audience.columns {
        series.append(
          ChartSeries(other.audience, style: "counted", label: "viewers, \(second.name)"))
      }
      return ChartPanel(heading: one.text, height: 230, series: series)
    }
    return document(Array(panels), first.recording)
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

/// One of two recordings that are compared, with the name of its settings and a note for the
/// legend.
package struct ComparedRecording: Sendable {
  let recording: AudienceRecording
  let name: String
  let note: String

  package init(_ recording: AudienceRecording, name: String, note: String) {
    (self.recording, self.name, self.note) = (recording, name, note)
  }
}

extension NamespaceCurves {
  /// The name as text.
  fileprivate var text: String { String(decoding: name, as: UTF8.self) }

  /// The curve of the members, where some viewers are not counted at once.
  fileprivate var pending: [ChartSeries] {
    members.columns == audience.columns
      ? [] : [ChartSeries(members, style: "counted", label: "members")]
  }
}
