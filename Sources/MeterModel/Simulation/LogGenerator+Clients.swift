// The clients of a random log: how they open and close streams and come back.

extension LogGenerator {
  /// The time after which a browser opens a lost stream again.
  private static let retry = Duration.seconds(2)

  mutating func addOpen() {
    let makesNonsense = crowd.chance(habits.nonsense, in: 10)
    var connection = ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))
    if !makesNonsense && open.contains(connection) {
      guard let free = firstFree else { return addClose() }
      connection = free
    }
    let viewer = crowd.chance(habits.withViewer, in: 10) ? viewer() : .none
    open(connection, viewer, in: namespace(), after: after(viewer), as: kind())
  }

  private mutating func kind() -> StreamKind {
    if crowd.chance(habits.observers, in: 10) { return .observer }
    return crowd.chance(habits.arriving, in: 10) ? .arriving : .viewer
  }

  private mutating func open(
    _ connection: ConnectionID, _ viewer: ViewerID, in namespace: NamespaceID,
    after: ConnectionID?, as kind: StreamKind
  ) {
    if !open.contains(connection) { open.append(connection) }
    if viewer != .none {
      displaced[viewer] = holders[viewer]
      holders[viewer] = connection
      if habits.exclude > 0, let former = displaced[viewer] { plan(former, in: Self.retry) }
    }
    if kind == .arriving { note(connection, in: \.arriving) }
    addOpened(connection, viewer, in: namespace, after: after, as: kind)
    // A page whose stream ends at its maximum duration comes back, too.
    if habits.comeBack, let lifetime = configuration.lifetime(of: opened), crowd.chance(1, in: 4) {
      plan(connection, in: lifetime + delayOfReturn(connection))
    }
  }

  private mutating func addOpened(
    _ connection: ConnectionID, _ viewer: ViewerID, in namespace: NamespaceID,
    after: ConnectionID?, as kind: StreamKind
  ) {
    viewers[connection] = viewer
    places[connection] = namespace
    openedAt[connection] = now
    opened = opened.next
    add(.opened(connection, namespace, viewer: viewer, after: .none, as: kind), after: after)
  }

  /// Opens a stream after one that is open still.
  mutating func addRoaming() {
    guard !open.isEmpty, let connection = firstFree else { return addOpen() }
    var former = open[crowd.below(open.count)]
    if let latest = arriving.last, open.contains(latest), crowd.chance(1, in: 2) {
      former = latest
    }
    let viewer = viewers[former] ?? .none
    if viewer != .none { holders[viewer] = connection }
    open.append(connection)
    if arriving.last == former { note(connection, in: \.arriving) }
    addOpened(
      connection, viewer, in: mostly(places[former]), after: former,
      as: crowd.chance(1, in: 16) ? kind() : .viewer)
  }

  /// Lets a client open a stream again. Whether a meter refuses it is not known here: mostly it
  /// does where the exclusive viewer id has another holder.
  mutating func comeBack(_ client: Return) {
    guard let connection = firstFree else { return }
    let namespace = mostly(client.namespace)
    if configuration.viewerIDs == .exclusive, client.after != nil, holders[client.viewer] != nil,
      crowd.chance(3, in: 4)
    {
      return addOpened(connection, client.viewer, in: namespace, after: client.after, as: .viewer)
    }
    open(connection, client.viewer, in: namespace, after: client.after, as: .viewer)
  }

  /// Lets the client of a connection come back, if clients of this crowd do.
  private mutating func plan(
    _ connection: ConnectionID, in delay: Duration, isKnown: Bool = true
  ) {
    guard habits.comeBack, returns.count < 8, let namespace = places[connection] else { return }
    returns.append(
      Return(
        at: now + delay, viewer: viewers[connection] ?? .none, namespace: namespace,
        after: isKnown ? connection : nil))
  }

  /// A time until a client comes back after a stream: often the end of its viewer's grace, or a
  /// nanosecond before or after it.
  private mutating func delayOfReturn(_ connection: ConnectionID) -> Duration {
    let age = openedAt[connection].map { now - $0 } ?? .zero
    let grace = configuration.grace(atAge: age)
    switch crowd.index(weights: [6, 3, 3, 2, 1, 1]) {
    case 0: return .milliseconds(500 * crowd.below(UInt64(3)))
    case 1: return Self.retry
    case 2: return grace
    case 3: return configuration.restartDelay
    case 4: return grace + Duration(nanoseconds: 1)
    default: return Duration(nanoseconds: max(grace.nanoseconds, 1) - 1)
    }
  }

  /// A namespace of a client, or rarely any other.
  private mutating func mostly(_ place: NamespaceID?) -> NamespaceID {
    guard let place, !crowd.chance(1, in: 5) else { return namespace() }
    return place
  }

  private var firstFree: ConnectionID? {
    for number in 0..<habits.connections {
      let connection = ConnectionID(number)
      if !open.contains(connection) { return connection }
    }
    return nil
  }

  /// The former connection that a newcomer names: often the one that the holder of its id excluded.
  private mutating func after(_ viewer: ViewerID) -> ConnectionID? {
    switch crowd.index(weights: [6, 6, 1]) {
    case 0: nil
    case 1: displaced[viewer]
    default: ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))
    }
  }

  mutating func addClose() {
    if open.isEmpty || crowd.chance(habits.nonsense, in: 20) {
      return add(.closed(ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))))
    }
    let connection = open.remove(at: crowd.below(open.count))
    let viewer = viewers[connection] ?? .none
    let isHolder = viewer == .none || holders[viewer] == connection
    if isHolder { holders[viewer] = nil }
    if isHolder || configuration.viewerIDs == .shared {
      switch crowd.below(3) {
      case 0: plan(connection, in: delayOfReturn(connection), isKnown: viewer == .none)
      case 1: plan(connection, in: delayOfReturn(connection))
      default: break
      }
    }
    note(connection, in: \.closed)
    add(.closed(connection))
  }

  mutating func addCut() {
    guard !open.isEmpty, !crowd.chance(habits.nonsense, in: 20) else {
      return add(.cut(ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))))
    }
    let connection = open[crowd.below(open.count)]
    if crowd.chance(3, in: 4) { plan(connection, in: delayOfReturn(connection)) }
    note(connection, in: \.closed)
    add(.cut(connection))
  }

  mutating func addRestart() {
    for connection in open {
      if crowd.chance(3, in: 4) { plan(connection, in: delayOfReturn(connection)) }
      note(connection, in: \.closed)
    }
    // Now and then a client's close is told that came before.
    open = crowd.chance(1, in: 8) ? Array(open.prefix(1)) : []
    holders = [:]
    add(.restarted)
  }

  mutating func addArrival() {
    let any = ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))
    let latest = crowd.chance(1, in: 8) ? nil : arriving.last
    add(.arrived(latest ?? any, from: node()))
  }

  mutating func addMove() {
    let candidates = open + closed
    let any = ConnectionID(UInt32(crowd.below(UInt64(habits.connections))))
    let connection = candidates.isEmpty ? any : crowd.choose(candidates)
    add(.moved(.none, to: node()), after: connection)
  }

  /// Adds a connection to a list of the latest.
  private mutating func note(
    _ connection: ConnectionID, in latest: WritableKeyPath<LogGenerator, [ConnectionID]>
  ) {
    self[keyPath: latest].append(connection)
    if self[keyPath: latest].count > 4 { self[keyPath: latest].removeFirst() }
  }
}
