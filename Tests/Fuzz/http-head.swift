// The fuzz target http-head: any bytes have the same requests in any pieces. It is compiled
// together with the sources of the model by .ci/fuzz and is not part of the package.

/// The entry point for libFuzzer. The first byte is the seed for the sizes of the pieces.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  HeadFuzzer(bytes: bytes, seed: start[0]).run()
  return 0
}

/// Parses bytes as a connection does, once whole and once in pieces, and compares the results.
private struct HeadFuzzer {
  let bytes: [UInt8]
  let seed: UInt8

  /// The results of one pass over the bytes.
  private struct Trace: Equatable {
    var heads: [RequestHead] = []
    var contents: [[UInt8]] = []
    var failure: RequestFailure?
    var failedBodyAt: Int?
    var endOfLast = 0
  }

  func run() {
    // The last limits are so small that many inputs reach them.
    let small = RequestLimits(target: 24, head: 120, fields: 4)
    for limits in [RequestLimits.standard, .messages, small] {
      let whole = trace(limits: limits) { _ in Int.max }
      var state = UInt64(seed)
      let pieces = trace(limits: limits) { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return 1 + Int(state >> 60)
      }
      guard whole == pieces else { fatalError("split \(seed): \(pieces) is not \(whole)") }
      for head in whole.heads { check(head) }
    }
  }

  /// Parses one request after the other; `next` is the number of bytes that arrive next.
  private func trace(limits: RequestLimits, next: (Int) -> Int) -> Trace {
    var trace = Trace()
    var start = 0
    var arrived = 0
    func arrive() -> Bool {
      guard arrived < bytes.count else { return false }
      let (sum, overflow) = arrived.addingReportingOverflow(next(arrived))
      arrived = overflow ? bytes.count : min(sum, bytes.count)
      return true
    }
    requests: while true {
      var parser = RequestHeadParser(limits: limits)
      var progress = parser.parse(bytes.span.extracting(start..<arrived))
      while progress == .incomplete {
        guard arrive() else { break requests }
        progress = parser.parse(bytes.span.extracting(start..<arrived))
      }
      switch progress {
      case .incomplete: break requests
      case .failed(let failure):
        trace.failure = failure
        break requests
      case .complete(let head):
        guard head.length > 0, start + head.length <= arrived else { fatalError("length") }
        route(head, bytes.span.extracting(start..<arrived))
        trace.heads.append(head)
        start += head.length
        guard decode(head.body, from: &start, arrived: { arrived }, arrive: arrive, into: &trace)
        else { break requests }
      }
    }
    trace.endOfLast = start
    return trace
  }

  /// Decodes one body; false if it is invalid or incomplete.
  private func decode(
    _ body: RequestBody, from start: inout Int, arrived: () -> Int, arrive: () -> Bool,
    into trace: inout Trace
  ) -> Bool {
    var decoder = BodyDecoder(body)
    var content: [UInt8] = []
    defer { trace.contents.append(content) }
    while true {
      var position = 0
      let piece = bytes.span.extracting(start..<arrived())
      let progress = decoder.decode(piece, from: &position)
      guard position <= piece.count else { fatalError("consumed past the end") }
      start += position
      switch progress {
      case .content(let range):
        guard !range.isEmpty, range.upperBound == position else { fatalError("content") }
        for index in range { content.append(piece[index]) }
      case .complete: return true
      case .failed:
        trace.failedBodyAt = start
        return false
      case .incomplete:
        guard position == piece.count else { fatalError("left bytes") }
        guard arrive() else { return false }
      }
    }
  }

  /// Every head has a route, and the ranges of routes lie within the target.
  private func route(_ head: RequestHead, _ bytes: Span<UInt8>) {
    for mode in ViewerIDMode.allCases {
      switch AudienceRoute(head, in: bytes, viewerIDs: mode) {
      case .stream(let namespace, let viewer), .count(let namespace, let viewer),
        .ping(let namespace, let viewer), .leave(let namespace, let viewer):
        guard (1...255).contains(namespace.count), viewer.count <= 128 else {
          fatalError("a name past its limit")
        }
        expectInTarget([namespace, viewer], head)
      case .observer(let namespace): expectInTarget([namespace], head)
      case .watch, .counts:
        guard let names = try? WatchedNames(head, in: bytes).names, (1...100).contains(names.count)
        else { fatalError("no names to watch") }
        expectInTarget(Array(names), head)
      case .prefetchedStream, .streamHead, .root, .crossDomainPolicy, .options, .notFound,
        .methodNotAllowed, .failure:
        break
      }
    }
    let former = head.formerStream(in: bytes)
    if former != head.lastEventID { expectInTarget([former], head) }
    _ = PageAccess(head, in: bytes)
    _ = EntityTag(of: bytes).isNamed(by: bytes.extracting(head.ifNoneMatch.bounds))
    switch MessageRoute(head, in: bytes) {
    case .text(let namespace, let service, let text):
      expectInTarget([namespace, service, text], head)
    case .body(let namespace, let service): expectInTarget([namespace, service], head)
    case .notFound, .methodNotAllowed, .forbidden, .contentTooLarge: break
    }
    switch DemoRoute(head, in: bytes) {
    case .clientFile(let name): expectInTarget([name], head)
    case .page(let namespace): expectInTarget([namespace], head)
    case .welcome, .notFound, .methodNotAllowed: break
    }
    _ = StatisticsRoute(head, in: bytes)
    _ = AdminRoute(head, in: bytes)
    _ = LocalNames("a,b.example")?.refusal(of: head, in: bytes)
  }

  private func expectInTarget(_ ranges: [ByteRange], _ head: RequestHead) {
    let target = head.target.bounds
    for range in ranges where !range.isEmpty {
      guard target.contains(range.bounds.lowerBound), range.bounds.upperBound <= target.upperBound
      else { fatalError("a name outside the target") }
    }
  }

  /// Checks what holds for every head that is accepted.
  private func check(_ head: RequestHead) {
    guard head.length <= RequestLimits.messages.head, !head.target.isEmpty,
      head.minorVersion == 0 || !head.host.isEmpty,
      head.minorVersion > 0 || head.body != .chunked
    else { fatalError("accepted \(head)") }
  }
}
