// Small worlds of browsers: some pages with a native EventSource and one viewer id, and every
// sequence up to a length of what their users and the network do. An EventSource ignores
// `retry: -1` and comes back by itself, 2 s after its stream ended, with its `Last-Event-ID`, until
// it is answered with 204. After each sequence nothing more happens, and the pages must come to
// rest.

import MeterModel
import Testing

struct EventSourceWorldTests {
  @Test(arguments: [2, 3, 4])
  func `pages with one viewer id come to rest, with the page that came last`(
    pages: Int
  ) {
    var walk = PageWalk()
    walk.goOn(from: Pages(pages), length: length(pages))
    #expect(walk.violation == nil)
    #expect(walk.checked > 500)
    #expect(walk.wasStopped)
  }

  @Test func `pages whose Last-Event-ID is ignored exclude one another for ever`() {
    var walk = PageWalk()
    walk.goOn(from: Pages(3, areRemembered: false), length: 3)
    #expect(walk.violation?.contains("excluded") == true)
  }

  private func length(_ pages: Int) -> Int {
    let standard = 9 - pages
    #if DEBUG
      return standard
    #else
      return standard + 1
    #endif
  }
}

/// Something that a user or the network does.
private enum PageAction {
  /// A user opens a page, again or for the first time.
  case open(Int)

  /// A page leaves.
  case leave(Int)

  /// A page loses its connection, which the daemon notices, or does not notice.
  case lose(Int), loseUnnoticed(Int)

  /// A second passes.
  case pass
}

/// Some pages and the meter.
private struct Pages {
  private enum Page: Equatable {
    case absent
    case connected(ConnectionID, ordinal: ConnectionOrdinal)
    case waiting(until: Instant, after: ConnectionKey, wasExcluded: Bool)
    case stopped
  }

  private static let retry = Duration.seconds(2)
  private static let viewer = ViewerID(0)
  private static let exclusive = {
    var configuration = Configuration()
    configuration.viewerIDs = .exclusive
    return configuration
  }()

  private let areRemembered: Bool
  private var meter = Meter(configuration: exclusive)
  private var pages: [Page]
  private var latestConnection: UInt32 = 0
  private var latestOrdinal = ConnectionOrdinal.none
  private(set) var path: [PageAction] = []

  /// The page that was opened last or came back from a loss last, and has not left. A page that
  /// comes back after an exclusion may only take the place of one that is gone.
  private var latest: Int?

  /// Whether the viewer was gone, and with it what was remembered (§2 rule 8), while an excluded
  /// page was about to come back: that one may take the place then. Young viewers get no grace.
  private var isForgotten = false

  /// The instant of the last exclusion, and whether a page was stopped.
  private(set) var lastExclusion = Instant.start
  private(set) var wasStopped = false

  init(_ count: Int, areRemembered: Bool = true) {
    self.areRemembered = areRemembered
    pages = Array(repeating: .absent, count: count)
  }

  /// What may happen next. Pages that were never opened are alike, so only one of them is opened.
  var actions: [PageAction] {
    var actions = [PageAction.pass]
    var mayOpen = true
    for (number, page) in pages.enumerated() {
      switch page {
      case .absent, .stopped:
        if mayOpen { actions.append(.open(number)) }
        if page == .absent { mayOpen = false }
      case .connected: actions += [.leave(number), .lose(number), .loseUnnoticed(number)]
      case .waiting: actions.append(.leave(number))
      }
    }
    return actions
  }

  mutating func perform(_ action: PageAction) {
    path.append(action)
    switch action {
    case .open(let page):
      connect(page, after: .none, wasExcluded: false)
    case .leave(let page):
      if case .connected(let connection, _) = pages[page] { close(connection) }
      pages[page] = .absent
      if latest == page { latest = nil }
    case .lose(let page), .loseUnnoticed(let page):
      guard case .connected(let connection, let ordinal) = pages[page] else { return }
      if case .lose = action { close(connection) }
      pages[page] = .waiting(
        until: meter.now + Self.retry, after: ConnectionKey(connection, ordinal),
        wasExcluded: false)
    case .pass: pass(.seconds(1))
    }
  }

  /// The violation after half a minute in which only the browsers act; nil if there is none.
  mutating func violationAtRest() -> String? {
    let start = meter.now
    pass(.seconds(30))
    meter.audit()
    if lastExclusion > start + .seconds(10) { return "a page is still excluded" }
    if meter.openConnections > 1 { return "\(meter.openConnections) connections are open" }
    guard let latest, !isForgotten else { return nil }
    guard case .connected(let connection, _) = pages[latest], meter.isOpen(connection) else {
      return "the page that came last, \(latest), has no connection"
    }
    return nil
  }

  private mutating func pass(_ duration: Duration) {
    let end = meter.now + duration
    while let next = nextReturn, case .waiting(let instant, let after, let excluded) = pages[next],
      instant <= end
    {
      apply(nil, at: instant)
      connect(next, after: after, wasExcluded: excluded)
    }
    apply(nil, at: end)
  }

  private var hasExcludedPage: Bool {
    pages.contains { page in
      if case .waiting(_, _, wasExcluded: true) = page { true } else { false }
    }
  }

  /// The page that comes back first.
  private var nextReturn: Int? {
    var next: (page: Int, at: Instant)?
    for (number, page) in pages.enumerated() {
      guard case .waiting(let instant, _, _) = page, instant < next?.at ?? .never else { continue }
      next = (number, instant)
    }
    return next?.page
  }

  private mutating func connect(
    _ page: Int, after: ConnectionKey, wasExcluded: Bool
  ) {
    latestConnection += 1
    latestOrdinal = latestOrdinal.next
    let connection = ConnectionID(latestConnection)
    pages[page] = .connected(connection, ordinal: latestOrdinal)
    apply(
      .opened(
        connection, NamespaceID(0), viewer: Self.viewer, after: areRemembered ? after : .none,
        as: .viewer),
      at: meter.now)
    if case .connected = pages[page], !wasExcluded { latest = page }
  }

  private mutating func close(_ connection: ConnectionID) {
    apply(.closed(connection), at: meter.now)
  }

  private mutating func apply(_ event: Event?, at instant: Instant) {
    var effects = EffectBuffer()
    if let event {
      meter.apply(event, at: instant, into: &effects)
    } else {
      meter.advance(to: instant, into: &effects)
    }
    isForgotten = isForgotten || !meter.isKnown(Self.viewer) && hasExcludedPage
    for effect in effects.effects {
      switch effect.action {
      case .end(let connection, .excluded):
        lastExclusion = effect.instant
        lost(connection, stopped: false)
      case .refuse(let connection, .stopped): lost(connection, stopped: true)
      case .end(let connection, .superseded): close(connection)
      case .greet, .notify, .message, .send, .pong, .end, .retire, .refuse, .reject: break
      }
    }
  }

  /// A browser notices that its connection ended, or that it was answered with 204.
  private mutating func lost(_ lost: ConnectionID, stopped: Bool) {
    close(lost)
    for (number, page) in pages.enumerated() {
      guard case .connected(lost, let ordinal) = page else { continue }
      pages[number] =
        stopped
        ? .stopped
        : .waiting(
          until: meter.now + Self.retry, after: ConnectionKey(lost, ordinal), wasExcluded: true)
      wasStopped = wasStopped || stopped
    }
  }
}

/// A walk through all sequences, depth first. Each step begins with a copy of the pages.
private struct PageWalk {
  private(set) var checked = 0
  private(set) var wasStopped = false
  private(set) var violation: String?

  mutating func goOn(from state: Pages, length: Int) {
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
