// The log's lines for dropped datagrams: at most one a second, with the reasons.

import MeterModel

/// Logs the number of datagrams that were dropped since its last line.
struct DropNotice {
  private var logged = DropCounts()
  private var logsAgainAt = Instant.start

  /// Logs the difference to the counts of the last line, if there is one.
  mutating func note(_ drops: DropCounts, at now: Instant, on console: Console) {
    guard now >= logsAgainAt, drops.total != logged.total else { return }
    let news = DatagramFault.allCases.filter { drops[$0] > logged[$0] }
    let words = news.map { "\(drops[$0] - logged[$0]) \($0.reason)" }.joined(separator: ", ")
    logged = drops
    logsAgainAt = now + .seconds(1)
    console.log("cluster: datagrams dropped: \(words)")
  }
}
