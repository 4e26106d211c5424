import MeterIO
import MeterModel

/// Replays logs, and prints the figures of each namespace beside those of the run
/// (`--by-namespace`): as a table, with `--json` as JSON, and with `--csv` also to a file.
func listNamespaces(_ files: inout LogFiles, _ settings: ReplaySettings) -> ExitStatus {
  var tally = NamespaceTally(key: randomKey())
  let clock = Clock()
  let (figures, status) = replayChanges(&files, settings.changes) { tally.note($0, of: $1) }
  let table = NamespaceTable(tally)
  if let path = settings.csvPath {
    do throws(SystemError) {
      try OutputFile(path: path).write(Array(table.csv.utf8))
    } catch {
      printError("--csv \(path): \(error.description)")
      return .failure
    }
    if path == standardStream { return status }
  }
  let text =
    settings.json
    ? figures.json(with: { table.write(to: &$0) })
    : figures.text(elapsed: clock.now - .start, table: table.text(sections: figures.sections))
  return worse(status, writeToStandardOutput(text))
}

/// The figures of all namespaces of a log.
private struct NamespaceTable {
  private let rows: [(name: [UInt8], figures: NamespaceFigures)]
  private let total: NamespaceFigures
  private let leftOut: UInt64

  init(_ tally: NamespaceTally) {
    rows = tally.largest
    total = tally.total
    leftOut = tally.leftOut
  }

  /// The table, with a line for each namespace and one for all together.
  func text(sections: UInt64) -> String {
    let head = ["namespace", "peak", "at", "average", "watch time", "joins", "counted"]
    let lines =
      [head, cells("(all)", total, sections)]
      + rows.map { cells(String(decoding: $0.name, as: UTF8.self), $0.figures, sections) }
    let widths = head.indices.map { column in lines.reduce(0) { max($0, $1[column].count) } }
    let text = lines.map { line in
      let cells = line.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - line[column].count)
        return column == 0 ? line[column] + blanks : blanks + line[column]
      }
      return cells.joined(separator: "  ") + "\n"
    }
    let note =
      leftOut == 0 ? "" : "… and \(leftOut.grouped) more, which are too many to tell apart\n"
    return text.joined() + note
  }

  private func cells(
    _ name: String, _ figures: NamespaceFigures, _ sections: UInt64
  ) -> [String] {
    let section = sections > 1 ? "\(figures.peakSection):" : ""
    let place = figures.peakTime?.text ?? "\(section)\(figures.peakAt.decimalSeconds) s"
    let watched = Duration(nanoseconds: UInt64(clamping: figures.memberNanoseconds))
    return [
      name, figures.peakMembers.grouped, place, figures.average, watched.inWords,
      figures.joins.grouped, figures.counted.grouped,
    ]
  }

  /// The same as comma-separated values (RFC 4180), without the line for all.
  var csv: String {
    let head =
      "namespace,peak_members,peak_section,peak_seconds,peak_unix_time,average_members,"
      + "watch_seconds,joins,counted\n"
    return head
      + rows.map { name, figures in
        let field = String(decoding: AudienceSeries.field(name), as: UTF8.self)
        return "\(field),\(figures.peakMembers),\(figures.peakSection),"
          + "\(figures.peakAt.decimalSeconds),\(figures.peakTime?.unixSeconds ?? ""),"
          + "\(figures.average),\(figures.watchSeconds),\(figures.joins),\(figures.counted)\n"
      }.joined()
  }

  /// Writes the same as two members of a JSON object.
  func write(to writer: inout JSONWriter) {
    writer.name("all_namespaces")
    writer.beginObject()
    write(total, to: &writer)
    writer.endObject()
    writer.name("by_namespace")
    writer.beginArray()
    for (name, figures) in rows {
      writer.beginObject()
      writer.member("namespace", name.span)
      write(figures, to: &writer)
      writer.endObject()
    }
    writer.endArray()
  }

  private func write(_ figures: NamespaceFigures, to writer: inout JSONWriter) {
    writer.member("peak_members", figures.peakMembers)
    writer.member("peak_section", UInt64(figures.peakSection))
    writer.member("peak_seconds", decimal: figures.peakAt.decimalSeconds)
    writer.member("peak_unix_time", figures.peakTime)
    writer.member("average_members", decimal: figures.average)
    writer.member("watch_seconds", decimal: figures.watchSeconds)
    writer.member("joins", figures.joins)
    writer.member("counted", figures.counted)
  }
}

extension NamespaceFigures {
  /// The mean of the members while a connection was open, with three decimals.
  fileprivate var average: String {
    decimal(averageInThousandths, 1000)
  }
}
