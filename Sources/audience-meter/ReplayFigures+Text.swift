import MeterModel

extension ReplayFigures {
  /// The figures, a line each, with the speed at which they were found.
  func text(elapsed: Swift.Duration) -> String {
    let (seconds, attoseconds) = elapsed.components
    let nanoseconds = max(1, UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000)
    let rate = UInt128(records) * 1_000_000_000 / UInt128(nanoseconds)
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
      events per second  \(rate)

      """
  }

  /// The figures as one JSON object, on one line.
  var json: String {
    let verdict = verified.map { $0 ? "true" : "false" } ?? "null"
    return "{\"records\":\(records),\"duration_seconds\":\(duration.decimalSeconds),"
      + "\"namespaces\":\(namespaces),\"opened\":\(opened),\"counted\":\(counted),"
      + "\"peak_members\":\(peakMembers),\"notifications\":\(notifications),"
      + "\"digest\":\"\(digest.hexadecimal)\",\"verified\":\(verdict)}\n"
  }
}
