import MeterModel

extension ReplayFigures {
  /// The figures, a line each. `elapsed` is the time that the replay took, `meter` the part of it
  /// in the meter; nil if that was not measured.
  func text(elapsed: Duration, meter: Duration? = nil) -> String {
    let alone = meter.map { " (the meter alone: \(rate(records, over: $0)))" } ?? ""
    let verdict = verified.map { $0 ? "yes" : "no" } ?? "nothing to compare"
    return """
      records            \(records)
      duration           \(duration.decimalSeconds) s
      namespaces         \(namespaces)
      opened             \(opened)
      counted            \(counted)
      peak members       \(peakMembers)
      notifications      \(notifications)
      digest             \(digest.hexadecimal)
      verified           \(verdict)
      events per second  \(rate(records, over: elapsed))\(alone)

      """
  }

  /// The figures as one JSON object, on one line.
  var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writeMembers(to: &writer)
    writer.endObject()
    return writer.text + "\n"
  }

  /// Writes all figures as members of a JSON object.
  func writeMembers(to writer: inout JSONWriter) {
    writeCounts(to: &writer)
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
