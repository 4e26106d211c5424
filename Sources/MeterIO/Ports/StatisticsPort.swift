// The statistics port (§5). A client that says nothing within 100 ms gets the bare JSON, as from the
// original; one that speaks HTTP gets HTTP.

import MeterModel

extension Reactor {
  mutating func answerStatistics(
    _ side: UInt32, _ head: RequestHead, _ request: Span<UInt8>
  ) {
    let exchange = Exchange(head)
    switch StatisticsRoute(head, in: request) {
    case .statistics:
      encoder.appendHead(ofEndless: .json, into: &dialogues[side].output)
      if exchange.omitsBody {
        sendLast(side)
      } else {
        beginStatistics(side)
      }
    case .health:
      let body: ContiguousArray<UInt8> = [UInt8(ascii: "o"), UInt8(ascii: "k")]
      encoder.append(.text, body: body.span, for: exchange, into: &dialogues[side].output)
      respond(side, exchange)
    case .cluster:
      leaveToSequencer(side, .cluster(table.handle(dialogues[side].slot)))
    case .notFound:
      fail(side, .notFound)
    }
  }

  /// The sequencer said what is known of the other nodes; nil where there is no cluster.
  mutating func answerCluster(_ side: UInt32, _ report: ContiguousArray<UInt8>?) {
    guard let head = dialogues[side].head else { return }
    guard let report else {
      fail(side, .notFound)
      return
    }
    let exchange = Exchange(head)
    encoder.append(.json, body: report.span, for: exchange, into: &dialogues[side].output)
    respond(side, exchange)
  }

  /// Sends the bare JSON, and then ends the connection.
  mutating func speakRawStatistics(_ side: UInt32) {
    beginStatistics(side)
  }

  private mutating func beginStatistics(_ side: UInt32) {
    StatisticsJSON.open(into: &dialogues[side].output)
    dialogues[side].statisticsAfter = 0
    flush(side)
  }

  /// The sequencer wrote a piece of the statistics. The next is asked for when this one is sent, so a
  /// slow reader costs one piece of memory.
  mutating func continueStatistics(_ side: UInt32, _ piece: Span<UInt8>, next: UInt64?) {
    _ = dialogues[side].output.appendText(piece)
    dialogues[side].statisticsAfter = next
    if next == nil {
      StatisticsJSON.close(into: &dialogues[side].output)
      dialogues[side].isLast = true
    }
    flush(side)
  }
}
