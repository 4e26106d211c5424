import MeterModel

extension ReplayFigures {
  /// The figures, a line each, with the speed at which they were found, and that of the meter without the
  /// reading of the log, where it was measured.
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
    let verdict = verified.map { $0 ? "true" : "false" } ?? "null"
    return "{\(jsonMembers),\"digest\":\"\(digest.hexadecimal)\",\"verified\":\(verdict)}\n"
  }

  /// The figures but for the digest, as members of a JSON object.
  var jsonMembers: String {
    "\"records\":\(records),\"duration_seconds\":\(duration.decimalSeconds),"
      + "\"namespaces\":\(namespaces),\"opened\":\(opened),\"counted\":\(counted),"
      + "\"peak_members\":\(peakMembers),\"notifications\":\(notifications)"
  }
}

/// Records a second.
func rate(_ records: UInt64, over elapsed: Duration) -> UInt64 {
  UInt64(clamping: UInt128(records) * 1_000_000_000 / UInt128(max(1, elapsed.nanoseconds)))
}
