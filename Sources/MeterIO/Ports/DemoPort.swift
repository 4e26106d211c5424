// The demo port (§5): a page that joins an event and shows its count, and the client scripts. All of it is
// in the binary.

import MeterModel

extension Reactor {
  mutating func answerDemo(
    _ side: UInt32, _ head: RequestHead, _ request: Span<UInt8>
  ) {
    let exchange = Exchange(head)
    switch DemoRoute(head, in: request) {
    case .welcome:
      encoder.append(
        .html, body: ClientFiles.welcome.span, for: exchange, into: &dialogues[side].output)
    case .clientFile(let name):
      guard let file = ClientFiles.named(request.extracting(name.bounds)) else {
        fail(side, .notFound)
        return
      }
      encoder.append(
        file.type, body: file.bytes.span, anyPage: true, for: exchange,
        into: &dialogues[side].output)
    case .page(let namespace):
      let page = ClientFiles.page(
        namespace: request.extracting(namespace.bounds), port: context.audiencePort)
      encoder.append(.html, body: page.span, for: exchange, into: &dialogues[side].output)
    case .notFound:
      fail(side, .notFound)
      return
    case .methodNotAllowed:
      encoder.appendMethodNotAllowed(
        allowingOnlyGet: exchange, into: &dialogues[side].output)
    }
    respond(side, exchange)
  }
}
