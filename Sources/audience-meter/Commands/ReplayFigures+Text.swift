import MeterModel

extension ReplayFigures {
  /// The figures, a line each; those that an analyst can do without come last, with an
  /// explanation. `elapsed` is the time that the replay took, `meter` the part of it in the meter;
  /// nil if that was not measured. `table` has lines to be printed between.
  func text(elapsed: Duration, meter: Duration? = nil, table: String = "") -> String {
    let alone = meter.map { ", the meter alone \(rate(records, over: $0))" } ?? ""
    let dates = [("begins", begins), ("ends", ends)].compactMap { name, time in
      time.map { "\(name.padded(to: 19))\($0.text)\n" }
    }
    let parts = sections > 1 ? "sections           \(sections)\n" : ""
    return """
      \(parts)records            \(records)
      duration           \(duration.decimalSeconds) s
      \(dates.joined())namespaces         \(namespaces)  (creations: one that retired and comes \
      again counts again)
      opened             \(opened)
      counted            \(counted)
      peak members       \(peakMembers)
      notifications      \(notifications)
      \(table.isEmpty ? "" : "\n" + table)
      digest             \(digest.hexadecimal)  (of all effects: equal if two replays had the same)
      verified           \(verdict)
      events per second  \(rate(records, over: elapsed))  (the speed of this replay\(alone))

      """
  }

  private var verdict: String {
    switch verified {
    case true?: "yes  (the effects are those that the writer of the log had)"
    case false?: "no  (the effects are not those that the writer of the log had)"
    case nil: "nothing to compare"
    }
  }

  /// The figures as one JSON object, on one line.
  var json: String { json(with: { _ in }) }

  /// The same with further members.
  func json(with writeMore: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writeMembers(to: &writer, writeMore)
    writer.endObject()
    return writer.text + "\n"
  }

  /// Writes all figures as members of a JSON object.
  func writeMembers(
    to writer: inout JSONWriter, _ writeMore: (inout JSONWriter) -> Void = { _ in }
  ) {
    writeCounts(to: &writer)
    writer.member("sections", sections)
    writer.member("begin_unix_time", begins)
    writer.member("end_unix_time", ends)
    writeMore(&writer)
    writer.member("digest", digest.hexadecimal)
    if let verified {
      writer.member("verified", verified)
    } else {
      writer.member("verified", nil as String?)
    }
  }

  /// Writes the figures without the digest and the verdict as members of a JSON object.
  func writeCounts(to writer: inout JSONWriter) {
    writer.member("records", records)
    writer.member("duration_seconds", decimal: duration.decimalSeconds)
    writer.member("namespaces", namespaces)
    writer.member("opened", opened)
    writer.member("counted", counted)
    writer.member("peak_members", peakMembers)
    writer.member("notifications", notifications)
  }
}

/// Records a second, rounded down.
func rate(_ records: UInt64, over elapsed: Duration) -> UInt64 {
  UInt64(clamping: UInt128(records) * 1_000_000_000 / UInt128(max(1, elapsed.nanoseconds)))
}

extension UTCTime {
  /// UNIX seconds, with as many decimals as needed.
  var unixSeconds: String { Duration(nanoseconds: unixNanoseconds).decimalSeconds }
}

extension JSONWriter {
  /// Writes a member with a time in UNIX seconds; `null` for nil.
  mutating func member(_ name: String, _ time: UTCTime?) {
    self.name(name)
    write(decimal: time?.unixSeconds ?? "null")
  }
}
