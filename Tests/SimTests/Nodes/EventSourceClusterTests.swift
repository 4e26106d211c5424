// Small worlds of browsers in a cluster: pages with a native EventSource and one viewer id, each on
// another node, and every sequence up to a length of what their users and the network do. An
// EventSource comes back by itself, 2 s after its stream ended, to another node than before. After
// each sequence nothing more happens, and the pages must come to rest.

import MeterModel
import Testing

struct EventSourceClusterTests {
  @Test(arguments: [2, 3])
  func `pages on several nodes come to rest, with the page that came last`(nodes: Int) {
    var walk = ClusterPageWalk()
    walk.goOn(from: ClusterPages(nodes: nodes), length: length)
    #expect(walk.violation == nil)
    #expect(walk.checked > 100)
    #expect(walk.wasStopped)
  }

  @Test func `pages whose Last-Event-ID is ignored exclude one another for ever`() {
    var walk = ClusterPageWalk()
    walk.goOn(from: ClusterPages(nodes: 2, areRemembered: false), length: 3)
    #expect(walk.violation?.contains("excluded") == true)
  }

  private var length: Int {
    #if DEBUG
      5
    #else
      6
    #endif
  }
}

/// Something that a user or the network does.
private enum ClusterPageAction {
  /// A user opens a page, again or for the first time.
  case open(Int)

  /// A page leaves.
  case leave(Int)

  /// A page loses its connection.
  case lose(Int)

  /// A second passes.
  case pass
}

/// Three pages and the nodes of a cluster, whose datagrams arrive at once.
private struct ClusterPages {
  private enum Page {
    case absent, stopped
    case connected(node: Int, stream: UInt32, id: ContiguousArray<UInt8>)
    case waiting(until: Instant, node: Int, after: ContiguousArray<UInt8>, wasExcluded: Bool)
  }

  private static let retry = Duration.seconds(2)
  private static let viewer = Array("v".utf8)
  private static let namespace = Array("a".utf8)

  private let areRemembered: Bool
  private var nodes: [NodeDriver] = []
  private var pages = [Page](repeating: .absent, count: 3)
  private var now = Instant.start
  private var latestStream: UInt32 = 0
  private(set) var path: [ClusterPageAction] = []

  /// The page that was opened last or came back from a loss last, and has not left.
  private var latest: Int?
  private var lastExclusion = Instant.start
  private(set) var wasStopped = false

  init(nodes count: Int, areRemembered: Bool = true) {
    self.areRemembered = areRemembered
    for number in 0..<UInt64(count) {
      var settings = NodeSettings(
        hashKey: HashKey(1, number), signer: StreamSigner(run: number + 1, key: HashKey(3, number)))
      settings.configuration.viewerIDs = .exclusive
      settings.configuration.decrementDelay = .zero
      nodes.append(
        NodeDriver(
          settings,
          membership: Membership(
            session: SessionID(randomBits: 0, number + 1), settings: ClusterSettings(),
            secret: nil, wallStart: 1_000_000_000, hashKey: HashKey(2, number))))
    }
    pass(.seconds(1))
  }

  /// What may happen next. Pages that were never opened are alike except for their nodes, so only
  /// the first of them is opened.
  var actions: [ClusterPageAction] {
    var actions = [ClusterPageAction.pass]
    var mayOpen = true
    for (number, page) in pages.enumerated() {
      switch page {
      case .absent:
        if mayOpen { actions.append(.open(number)) }
        mayOpen = false
      case .stopped: actions.append(.open(number))
      case .connected: actions += [.leave(number), .lose(number)]
      case .waiting: actions.append(.leave(number))
      }
    }
    return actions
  }

  mutating func perform(_ action: ClusterPageAction) {
    path.append(action)
    switch action {
    case .open(let page):
      connect(page, to: page % nodes.count, after: [], wasExcluded: false)
    case .leave(let page), .lose(let page):
      var lost: (node: Int, id: ContiguousArray<UInt8>)?
      if case .connected(let node, let stream, let id) = pages[page] {
        nodes[node].close(stream, at: now)
        lost = (node, id)
      }
      if case .lose = action, let (node, id) = lost {
        wait(page, node, id, wasExcluded: false)
      } else {
        pages[page] = .absent
        if latest == page { latest = nil }
      }
    case .pass: pass(.seconds(1))
    }
    // The events of viewer ids are sent after some milliseconds.
    pass(.milliseconds(10))
  }

  /// The violation after a while in which only the browsers act; nil if there is none.
  mutating func violationAtRest() -> String? {
    let start = now
    pass(.seconds(16))
    if lastExclusion > start + .seconds(10) { return "a page is still excluded" }
    let open = nodes.reduce(0) { $0 + $1.streams.count }
    if open > 1 { return "\(open) streams are open" }
    for node in nodes { node.node.meter.audit() }
    guard let latest else { return nil }
    guard case .connected(let node, let stream, _) = pages[latest],
      nodes[node].streams[stream] != nil
    else { return "the page that came last, \(latest), has no stream" }
    return nil
  }

  private mutating func wait(
    _ page: Int, _ node: Int, _ id: ContiguousArray<UInt8>, wasExcluded: Bool
  ) {
    pages[page] = .waiting(
      until: now + Self.retry, node: (node + 1) % nodes.count, after: id,
      wasExcluded: wasExcluded)
  }

  private mutating func connect(
    _ page: Int, to node: Int, after: ContiguousArray<UInt8>, wasExcluded: Bool
  ) {
    latestStream += 1
    let isOpen = nodes[node].open(
      latestStream, Self.namespace, viewer: Self.viewer,
      lastEventID: areRemembered ? after : [], at: now)
    if isOpen, let stream = nodes[node].streams[latestStream] {
      pages[page] = .connected(node: node, stream: latestStream, id: stream.id)
      if !wasExcluded { latest = page }
    } else {
      pages[page] = .stopped
      wasStopped = true
    }
    collect()
  }

  /// Lets time pass.
  private mutating func pass(_ duration: Duration) {
    let end = now + duration
    while let next = nextInstant, next <= end {
      now = max(now, next)
      for number in nodes.indices { nodes[number].advance(to: now) }
      collect()
      for (page, state) in pages.enumerated() {
        guard case .waiting(let instant, let node, let after, let excluded) = state,
          instant <= now
        else { continue }
        connect(page, to: node, after: after, wasExcluded: excluded)
      }
    }
    now = end
    for number in nodes.indices { nodes[number].advance(to: now) }
    collect()
  }

  private var nextInstant: Instant? {
    var next = nodes.map(\.node.nextDeadline).min()
    for page in pages {
      guard case .waiting(let instant, _, _, _) = page else { continue }
      next = min(next ?? instant, instant)
    }
    return next
  }

  /// Delivers what the nodes send, and reports to the browsers which streams ended.
  private mutating func collect() {
    var isBusy = true
    while isBusy {
      isBusy = false
      for sender in nodes.indices {
        for occurrence in nodes[sender].takeOccurrences() {
          isBusy = true
          switch occurrence {
          case .datagram(let bytes):
            for number in nodes.indices where number != sender {
              nodes[number].receive(bytes, at: now)
            }
          case .ended(let stream, .excluded): excluded(stream, of: sender)
          case .fed, .fedMessage, .retired, .greeted, .ended, .refused, .message, .answered,
            .fedRetained,
            .sent:
            break
          }
        }
      }
    }
  }

  private mutating func excluded(_ stream: UInt32, of node: Int) {
    lastExclusion = now
    for (number, page) in pages.enumerated() {
      guard case .connected(node, stream, let id) = page else { continue }
      wait(number, node, id, wasExcluded: true)
    }
  }
}

/// A walk through all sequences, depth first. Each step begins with a copy of the pages.
private struct ClusterPageWalk {
  private(set) var checked = 0
  private(set) var wasStopped = false
  private(set) var violation: String?

  mutating func goOn(from state: ClusterPages, length: Int) {
    guard length > 0 else { return }
    for action in state.actions where violation == nil {
      var next = state
      next.perform(action)
      var end = next
      checked += 1
      violation = end.violationAtRest().map { "\(next.path): \($0)" }
      wasStopped = wasStopped || end.wasStopped
      goOn(from: next, length: length - 1)
    }
  }
}
