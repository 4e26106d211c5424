// The small worlds: the events and the settings of each.

import MeterModel
import Testing

/// The events and the settings of a world.
struct SmallWorld: CustomTestStringConvertible, Sendable {
  /// An event of a world. A stream that opens or moves names the latest one before with a number.
  struct Letter: Sendable {
    let event: Event
    var after: ConnectionID?
  }

  let testDescription: String
  var configuration = Configuration()
  let letters: [Letter]
  let length: Int

  /// The seconds that may pass before an event.
  var pauses: [UInt64] = [0, 1]

  static let all = [
    SmallWorld("connections, no delay", connections, deep: 6) { $0.incrementDelay = .zero },
    SmallWorld("connections, equal delays", connections, deep: 6) { _ in },
    SmallWorld("everything at once", connections, deep: 5) {
      $0.incrementDelay = .zero
      $0.notifyMinDelay = .zero
      $0.namespaceCleanDelay = .zero
    },
    SmallWorld("one connection, one namespace", connections, deep: 5) {
      $0.maximumConnections = 1
      $0.maximumNamespaces = 1
    },
    SmallWorld("grace", connections, deep: 6) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(2)
    },
    SmallWorld("resumption", resumption, deep: 6) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(1)
    },
    SmallWorld("resumption of pending viewers", resumption, deep: 6) {
      $0.decrementDelay = .seconds(2)
      $0.maximumConnectionDuration = .zero
    },
    SmallWorld("resumption and one connection", resumption, deep: 6) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(8)
      $0.maximumConnections = 1
    },
    SmallWorld("viewer ids", viewers, deep: 6) {
      $0.incrementDelay = .zero
      $0.viewerIDs = .exclusive
    },
    SmallWorld("viewer ids and grace", viewers, deep: 6) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(2)
      $0.viewerIDs = .exclusive
    },
    SmallWorld("viewer ids that are ignored", viewers, deep: 5) { $0.viewerIDs = .off },
    SmallWorld("three tabs with one viewer id", tabs, deep: 6, pauses: [0, 5]) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(5)
      $0.maximumConnectionDuration = .zero
      $0.viewerIDs = .exclusive
    },
    SmallWorld("three tabs that share a viewer id", tabs, deep: 6) {
      $0.decrementDelay = .seconds(1)
      $0.viewerIDs = .shared
    },
    SmallWorld("pings", pings, deep: 6) {
      $0.decrementDelay = .seconds(1)
      $0.viewerIDs = .shared
    },
    SmallWorld("one viewer who pings, one namespace", pings, deep: 5) {
      $0.incrementDelay = .zero
      $0.viewerIDs = .shared
      $0.maximumPings = 1
      $0.maximumNamespaces = 1
    },
    SmallWorld("restarts", restarts, deep: 6) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(1)
      $0.maximumConnectionDuration = .zero
    },
    SmallWorld("restarts with equal delays", restarts, deep: 6) {
      $0.decrementDelay = .seconds(1)
      $0.restartDelay = .seconds(1)
    },
    SmallWorld("restarts and pings", restartsOfPlayers, deep: 5) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(1)
      $0.viewerIDs = .shared
    },
    SmallWorld("observers", observers, deep: 6) { $0.decrementDelay = .seconds(1) },
    SmallWorld("arrivals", arrivals, deep: 6) {
      $0.incrementDelay = .zero
      $0.clusterNodeTimeout = .seconds(2)
    },
    SmallWorld("arrivals, equal delays", arrivals, deep: 5) { _ in },
    SmallWorld("moves", moves, deep: 6) {
      $0.incrementDelay = .zero
      $0.decrementDelay = .seconds(1)
      $0.clusterNodeTimeout = .seconds(2)
    },
    SmallWorld("a peer", peers, deep: 6) { _ in },
    SmallWorld("a peer, no delay", peers, deep: 5) {
      $0.incrementDelay = .zero
      $0.clusterNodeTimeout = .zero
    },
    SmallWorld("external counts", externals, deep: 6) { _ in },
    SmallWorld("external counts and one namespace", externals, deep: 5) {
      $0.incrementDelay = .zero
      $0.maximumNamespaces = 1
    },
  ]

  /// All delays are one second, the max delay and the restart delay two, and the decrement delay 0,
  /// except what `change` changes. A release build takes half a minute for `deep` steps, so it
  /// makes one step less by default, and a debug build two.
  private init(
    _ description: String, _ letters: [Letter], deep: Int, pauses: [UInt64] = [0, 1],
    _ change: (inout Configuration) -> Void
  ) {
    testDescription = description
    self.letters = letters
    self.pauses = pauses
    #if DEBUG
      length = deep - 2
    #else
      length = deep - 1
    #endif
    configuration.incrementDelay = .seconds(1)
    configuration.decrementDelay = .zero
    configuration.restartDelay = .seconds(2)
    configuration.notifyMinDelay = .seconds(1)
    configuration.notifyMaxDelay = .seconds(2)
    configuration.namespaceCleanDelay = .seconds(1)
    configuration.maximumConnectionDuration = .seconds(3)
    configuration.clusterNodeTimeout = .seconds(1)
    configuration.externalTimeout = .seconds(1)
    configuration.pingTimeout = .seconds(1)
    change(&configuration)
  }
}

extension SmallWorld {
  private static let connections: [Letter] = [
    open(0, 0), open(0, 1), open(1, 0), open(1, 1), close(0), close(1),
  ]

  private static let resumption: [Letter] = [
    open(0, 0), open(1, 0, after: 0), open(0, 0, after: 1), open(1, 1, after: 0), close(0),
    close(1),
  ]

  private static let viewers: [Letter] = [
    open(0, 0, viewer: 0), open(1, 1, viewer: 0), open(1, 0, viewer: 0, after: 0), close(0),
    close(1), Letter(event: .excluded(ViewerID(0))),
  ]

  private static let tabs: [Letter] = [
    open(0, 0, viewer: 0), open(1, 1, viewer: 0), open(2, 0, viewer: 0),
    open(0, 0, viewer: 0, after: 2), open(1, 0, viewer: 0, after: 0), close(1), close(2),
  ]

  private static let pings: [Letter] = [
    ping(0, 0), ping(0, 1), ping(1, 0), leave(0, 0), open(0, 0, viewer: 0), close(0),
  ]

  private static let restarts: [Letter] = [
    open(0, 0), open(1, 0, after: 0), open(0, 0, after: 1), close(0), cut(0), restart,
  ]

  private static let restartsOfPlayers: [Letter] = [
    open(0, 0, viewer: 0), open(1, 0, viewer: 0), ping(0, 0), close(0), cut(1), leave(0, 0),
    restart,
  ]

  private static let observers: [Letter] = [
    open(0, 0, as: .observer), open(1, 0), open(1, 0, after: 0), close(0), close(1), restart,
  ]

  private static let arrivals: [Letter] = [
    open(0, 0, as: .arriving), open(1, 0, after: 0), arrive(0), arrive(1), peer(0, 2), close(1),
    move(0, to: 1),
  ]

  private static let moves: [Letter] = [
    open(0, 0), open(1, 0, after: 0), close(0), move(0, to: 0), move(1, to: 1), peer(0, 1),
    Letter(event: .transferred(NamespaceID(0), from: NodeID(0), to: NodeID(1))),
  ]

  private static let peers: [Letter] = [
    open(0, 0), close(0), peer(0, 2), peer(1, 1), peer(0, 0), Letter(event: .bye(NodeID(0))),
  ]

  private static let externals: [Letter] = [
    open(0, 0), close(0), external(0, 0, 2), external(1, 1, 1), external(0, 0, 0),
    external(1, 0, 3),
  ]

  private static let restart = Letter(event: .restarted)

  private static func open(
    _ connection: UInt32, _ namespace: UInt32, viewer: UInt32? = nil, after: UInt32? = nil,
    as kind: StreamKind = .viewer
  ) -> Letter {
    Letter(
      event: .opened(
        ConnectionID(connection), NamespaceID(namespace),
        viewer: viewer.map { ViewerID($0) } ?? .none, after: .none, as: kind),
      after: after.map { ConnectionID($0) })
  }

  private static func close(_ connection: UInt32) -> Letter {
    Letter(event: .closed(ConnectionID(connection)))
  }

  private static func cut(_ connection: UInt32) -> Letter {
    Letter(event: .cut(ConnectionID(connection)))
  }

  private static func ping(_ namespace: UInt32, _ viewer: UInt32) -> Letter {
    Letter(event: .pinged(NamespaceID(namespace), ViewerID(viewer)))
  }

  private static func leave(_ namespace: UInt32, _ viewer: UInt32) -> Letter {
    Letter(event: .left(NamespaceID(namespace), ViewerID(viewer)))
  }

  private static func arrive(_ connection: UInt32) -> Letter {
    Letter(event: .arrived(ConnectionID(connection), from: NodeID(0)))
  }

  private static func move(_ connection: UInt32, to node: UInt32) -> Letter {
    Letter(event: .moved(.none, to: NodeID(node)), after: ConnectionID(connection))
  }

  private static func peer(_ namespace: UInt32, _ members: UInt64) -> Letter {
    Letter(
      event: .peer(
        NodeID(0), NamespaceID(namespace), members: members, connections: members + 1))
  }

  private static func external(_ source: UInt32, _ namespace: UInt32, _ members: UInt64) -> Letter {
    Letter(event: .external(SourceID(source), NamespaceID(namespace), members: members))
  }
}
