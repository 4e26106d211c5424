// The audience port (§4), which everyone may reach: event streams, counts, and what pages and
// balancers ask for.

import MeterModel

/// The definition of the audience port.
enum AudiencePort: PortDefinition {
  static let title: StaticString = "audience"
  static let listener = Listener.Settings(
    option: "--port", hostOption: "--host", sendBuffer: 16_384, defersAccept: true)
  static let budget = BudgetGroup.audience
  static let isPublic = true

  /// The stream that a request opens; nil for any other request.
  static func streamRequest(
    _ head: RequestHead, in bytes: Span<UInt8>, _ settings: PortSettings
  ) -> StreamRequest? {
    switch AudienceRoute(head, in: bytes, viewerIDs: settings.viewerIDs) {
    case .stream(let namespace, let viewer):
      .one(namespace: namespace, viewer: viewer, .viewer)
    case .observer(let namespace): .one(namespace: namespace, viewer: .none, .observer)
    case .watch: (try? WatchedNames(head, in: bytes)).map { .several($0) }
    case .prefetchedStream, .streamHead, .count, .counts, .ping, .leave, .root,
      .crossDomainPolicy, .options, .notFound, .methodNotAllowed, .failure:
      nil
    }
  }

  static func handle(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    let (exchange, encoder) = (context.exchange, context.encoder)
    let access = PageAccess(context.head, in: bytes)
    switch AudienceRoute(context.head, in: bytes, viewerIDs: context.settings.viewerIDs) {
    case .stream, .observer, .watch:
      fatalError("a stream is opened when its request's head has ended")
    case .prefetchedStream:
      // The page asks again when it is shown (§4).
      encoder.appendEmptyStream(
        retryMilliseconds: ResponseEncoder.retryDelay, StreamFraming(context.head), access,
        into: &context.response)
      return .respond(exchange.closing)
    case .streamHead:
      encoder.appendStreamHead(StreamFraming(context.head), access, into: &context.response)
      return .respond(exchange.closing)
    case .count(let namespace, let viewer):
      return .ask(
        .members(
          context.copy(bytes.extracting(namespace.bounds)),
          excluding: context.copy(bytes.extracting(viewer.bounds)),
          asJSON: context.head.acceptsJSON))
    case .counts: return counts(bytes, &context)
    case .ping(let namespace, let viewer):
      return .ask(
        .ping(
          namespace: context.copy(bytes.extracting(namespace.bounds)),
          viewer: context.copy(bytes.extracting(viewer.bounds))))
    case .leave(let namespace, let viewer):
      return .ask(
        .leave(
          namespace: context.copy(bytes.extracting(namespace.bounds)),
          viewer: context.copy(bytes.extracting(viewer.bounds))))
    case .root: encoder.appendRoot(for: exchange, into: &context.response)
    case .crossDomainPolicy:
      encoder.appendCrossDomainPolicy(for: exchange, into: &context.response)
    case .options:
      encoder.appendOptions(
        requestedHeaders: bytes.extracting(context.head.requestedHeaders.bounds), access,
        for: exchange, into: &context.response)
    case .notFound: return .fail(.notFound)
    case .methodNotAllowed: return .fail(.methodNotAllowed)
    case .failure(let failure): return .fail(failure)
    }
    return .respond(exchange)
  }

  /// The question for the counts of the namespaces in the query.
  private static func counts(
    _ bytes: Span<UInt8>, _ context: inout RequestContext
  ) -> RequestAction {
    let names: WatchedNames
    do throws(RequestFailure) {
      names = try WatchedNames(context.head, in: bytes)
    } catch {
      return .fail(error)
    }
    let start = context.questionBytes.count
    for name in names.names {
      context.questionBytes.append(bytes.extracting(name.bounds))
      context.questionBytes.append(UInt8(ascii: "\n"))
    }
    return .ask(.counts(context.questionBytes.range(since: start)))
  }
}
