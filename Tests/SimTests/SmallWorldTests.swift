// Small worlds: every sequence of events up to a length, with two or three connections and two
// namespaces. Each event is at the instant of the previous one or some time later, mostly a second.
// The meter is compared with the reference.

import MeterModel
import Testing

struct SmallWorldTests {
  @Test(arguments: SmallWorld.all)
  func `the meter agrees with the reference on every sequence of a few events`(world: SmallWorld) {
    var walk = Walk(world)
    walk.goOn(from: Walk.State(world.configuration), length: world.length)
    #expect(walk.wrong == nil)
    // Σ letters^k for k in 1...length: no sequence was left out.
    var (sequences, power) = (0, 1)
    for _ in 0..<world.length {
      power *= world.letters.count * world.pauses.count
      sequences += power
    }
    #expect(walk.steps == sequences)
  }
}

/// The events and the settings of a world.
struct SmallWorld: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var configuration = Configuration()
  let letters: [Event]
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
    SmallWorld("viewer ids", viewers, deep: 6) { $0.incrementDelay = .zero },
    // Five seconds are as long as an excluded connection is remembered.
    SmallWorld("three tabs with one viewer id", tabs, deep: 6, pauses: [0, 5]) {
      $0.incrementDelay = .zero
      $0.maximumConnectionDuration = .zero
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

  /// All delays are one second, and the max delay two, except what `change` changes. A release
  /// build takes half a minute for `deep` steps, so it makes one step less by default, and a debug
  /// build two.
  private init(
    _ description: String, _ letters: [Event], deep: Int, pauses: [UInt64] = [0, 1],
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
    configuration.notifyMinDelay = .seconds(1)
    configuration.notifyMaxDelay = .seconds(2)
    configuration.namespaceCleanDelay = .seconds(1)
    configuration.maximumConnectionDuration = .seconds(3)
    configuration.clusterNodeTimeout = .seconds(1)
    configuration.externalTimeout = .seconds(1)
    change(&configuration)
  }

  private static let connections: [Event] = [
    open(0, 0), open(0, 1), open(1, 0), open(1, 1), .closed(ConnectionID(0)),
    .closed(ConnectionID(1)),
  ]

  private static let viewers: [Event] = [
    open(0, 0, viewer: 0), open(1, 1, viewer: 0), open(1, 0, viewer: 0, after: 1),
    .closed(ConnectionID(0)), .closed(ConnectionID(1)), .excluded(ViewerID(0)),
  ]

  private static let tabs: [Event] = [
    open(0, 0, viewer: 0), open(1, 1, viewer: 0), open(2, 0, viewer: 0),
    open(0, 0, viewer: 0, after: 1), open(1, 0, viewer: 0, after: 2), .closed(ConnectionID(1)),
    .closed(ConnectionID(2)),
  ]

  private static let peers: [Event] = [
    open(0, 0), .closed(ConnectionID(0)), peer(0, 2), peer(1, 1), peer(0, 0),
    .bye(NodeID(0)),
  ]

  private static let externals: [Event] = [
    open(0, 0), .closed(ConnectionID(0)), external(0, 0, 2), external(1, 1, 1), external(0, 0, 0),
    external(1, 0, 3),
  ]

  private static func external(_ source: UInt32, _ namespace: UInt32, _ members: UInt64) -> Event {
    .external(SourceID(source), NamespaceID(namespace), members: members)
  }

  private static func open(
    _ connection: UInt32, _ namespace: UInt32, viewer: UInt32? = nil, after: UInt32 = 0
  ) -> Event {
    .opened(
      ConnectionID(connection), NamespaceID(namespace),
      viewer: viewer.map { ViewerID($0) } ?? .none, after: ConnectionOrdinal(after))
  }

  private static func peer(_ namespace: UInt32, _ members: UInt64) -> Event {
    .peer(NodeID(0), NamespaceID(namespace), members: members, connections: members + 1)
  }
}

/// A walk through all sequences, depth first. Each step begins with copies of the meters.
private struct Walk {
  struct State {
    var meter: Meter
    var reference: ReferenceMeter
    var path: [(UInt64, Event)] = []
    var second: UInt64 = 0

    init(_ configuration: Configuration) {
      meter = Meter(configuration: configuration)
      reference = ReferenceMeter(configuration: configuration)
    }
  }

  let world: SmallWorld
  var steps = 0
  var wrong: String?

  init(_ world: SmallWorld) {
    self.world = world
  }

  mutating func goOn(from state: State, length: Int) {
    guard length > 0, wrong == nil else { return }
    for letter in world.letters {
      for pause in world.pauses {
        var next = state
        next.second += pause
        next.path.append((next.second, letter))
        steps += 1
        var (expected, actual) = (EffectBuffer(), EffectBuffer())
        let instant = Instant.start + .seconds(next.second)
        next.reference.apply(letter, at: instant, into: &expected)
        next.meter.apply(letter, at: instant, into: &actual)
        if length == 1 { settle(&next, &expected, &actual) }
        if expected.effects != actual.effects || expected.digest != actual.digest {
          wrong = "\(next.path): expected \(expected.effects), got \(actual.effects)"
          return
        }
        next.meter.audit()
        goOn(from: next, length: length - 1)
      }
    }
  }

  /// Advances until all delays have passed.
  private func settle(
    _ state: inout State, _ expected: inout EffectBuffer, _ actual: inout EffectBuffer
  ) {
    let end = Instant.start + .seconds(state.second + 6)
    state.reference.advance(to: end, into: &expected)
    state.meter.advance(to: end, into: &actual)
  }
}
