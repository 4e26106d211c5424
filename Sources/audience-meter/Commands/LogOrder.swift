import MeterModel

/// Notices logs that are not given in the order of time, as rotated logs easily are: a shell puts
/// `run.log` before `run.log.1`.
package struct LogOrder {
  private var latest: (path: String, end: UTCTime)?
  private var isReported = false

  package init() {}

  /// Notes the time at which a log ends; nil where it is unknown. Returns a line for the operator
  /// for the first log that ends before one that was given before it.
  package mutating func note(_ path: String, endsAt end: UTCTime?) -> String? {
    guard let end else { return nil }
    guard let latest, end < latest.end else {
      self.latest = (path, end)
      return nil
    }
    guard !isReported else { return nil }
    isReported = true
    return "\(path): it ends at \(end.text), before \(latest.path), which was given before it; "
      + "logs are replayed in the order in which they are given"
  }
}
