// The log's lines for dropped datagrams: at most one a second, with the reasons.

import MeterModel

/// Logs the number of datagrams that were dropped since its last line.
struct DropNotice {
  private var logged = DropCounts()
  private var logsAgainAt = Instant.start

  /// Logs the difference to the counts of the last line, if there is one and a second has passed
  /// since that line.
  mutating func note(_ drops: DropCounts, at now: Instant, on console: Console) {
    guard now >= logsAgainAt, isBehind(drops) else { return }
    logsAgainAt = now + .seconds(1)
    logRest(drops, on: console)
  }

  /// The time at which `note` is to be called again for these counts; `.never` for no such time.
  func deadline(_ drops: DropCounts) -> Instant { isBehind(drops) ? logsAgainAt : .never }

  /// Logs the difference to the counts of the last line, if there is one.
  mutating func logRest(_ drops: DropCounts, on console: Console) {
    guard isBehind(drops) else { return }
    let news = DatagramFault.allCases.filter { drops[$0] > logged[$0] }
    let words = news.map { "\(drops[$0] - logged[$0]) \($0.reason)" }.joined(separator: ", ")
    logged = drops
    console.log("cluster: datagrams dropped: \(words)")
  }

  private func isBehind(_ drops: DropCounts) -> Bool { drops.total != logged.total }
}
