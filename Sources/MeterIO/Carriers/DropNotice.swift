// What the operator is told of datagrams that were dropped: at most a line a second, with the reasons.

import MeterModel

/// Says what was dropped since it last did.
struct DropNotice {
  private var said = DropCounts()
  private var saysAgainAt = Instant.start

  /// Looks at the counts, and says what is new.
  mutating func note(_ drops: DropCounts, at now: Instant, on console: Console) {
    guard now >= saysAgainAt, drops.total != said.total else { return }
    let news = DatagramFault.allCases.filter { drops[$0] > said[$0] }
    let words = news.map { "\(drops[$0] - said[$0]) \($0.reason)" }.joined(separator: ", ")
    said = drops
    saysAgainAt = now + .seconds(1)
    console.say("cluster: datagrams dropped: \(words)")
  }
}
