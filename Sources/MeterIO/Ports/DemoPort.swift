// The demo port (§5): a page that joins a namespace and shows its count, and the client scripts.
// All files are in the binary.

import MeterModel

/// The definition of the demo port.
enum DemoPort: PortDefinition {
  static let title: StaticString = "demo"
  static let listener = Listener.Settings(
    option: "--demo-port", hostOption: "--demo-host", sendBuffer: 16_384, defersAccept: false)
  static let budget = BudgetGroup.demo

  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    let (exchange, encoder) = (context.exchange, context.encoder)
    switch DemoRoute(context.head, in: bytes) {
    case .welcome:
      encoder.append(
        .html, body: ClientFiles.welcome.span, for: exchange, into: &context.response)
    case .clientFile(let name):
      guard let file = ClientFiles.named(bytes.extracting(name.bounds)) else {
        return .fail(.notFound)
      }
      encoder.append(
        file.type, file: file.bytes.span, file.tag,
        ifNoneMatch: bytes.extracting(context.head.ifNoneMatch.bounds),
        PageAccess(ofKeptFile: context.head, in: bytes), for: exchange, into: &context.response)
    case .page(let namespace):
      let page = ClientFiles.page(
        namespace: bytes.extracting(namespace.bounds), port: context.settings.audiencePort)
      encoder.append(.html, body: page.span, for: exchange, into: &context.response)
    case .notFound: return .fail(.notFound)
    case .methodNotAllowed:
      encoder.appendMethodNotAllowed(allowingOnlyGet: exchange, into: &context.response)
    }
    return .respond(exchange)
  }
}
