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
      ask(side, .cluster)
    case .notFound:
      fail(side, .notFound)
    }
  }

  /// Sends the bare JSON, and then ends the connection.
  mutating func speakRawStatistics(_ side: UInt32) {
    beginStatistics(side)
  }

  private mutating func beginStatistics(_ side: UInt32) {
    dialogues[side].isInPieces = true
    dialogues[side].question = .statistics(after: 0)
    flush(side)
  }
}
