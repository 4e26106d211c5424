// Small worlds: every sequence of events up to a length, with two or three connections and one or
// two namespaces. Each event is at the instant of the previous one or some time later, mostly a
// second. The meter is compared with the reference.

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

/// A walk through all sequences, depth first. Each step begins with copies of the meters.
private struct Walk {
  struct State {
    var meter: Meter
    var reference: ReferenceMeter
    var path: [(UInt64, Event)] = []
    var latest = ConnectionOrdinal.none
    var keys: [ConnectionID: ConnectionKey] = [:]
    var second: UInt64 = 0

    init(_ configuration: Configuration) {
      meter = Meter(configuration: configuration)
      reference = ReferenceMeter(configuration: configuration)
    }

    /// The event of a letter. A stream comes after the latest one before with a number.
    mutating func event(_ letter: SmallWorld.Letter) -> Event {
      let key = letter.after.map { keys[$0] ?? .none } ?? .none
      switch letter.event {
      case .opened(let connection, let namespace, let viewer, _, let kind):
        latest = latest.next
        keys[connection] = ConnectionKey(connection, latest)
        return .opened(connection, namespace, viewer: viewer, after: key, as: kind)
      case .moved(_, let node): return .moved(key, to: node)
      case .closed, .excluded, .cut, .restarted, .pinged, .left, .arrived, .transferred, .message,
        .retained, .peer, .bye, .external:
        return letter.event
      }
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
        let event = next.event(letter)
        next.path.append((next.second, event))
        steps += 1
        var (expected, actual) = (EffectBuffer(), EffectBuffer())
        let instant = Instant.start + .seconds(next.second)
        next.reference.apply(event, at: instant, into: &expected)
        next.meter.apply(event, at: instant, into: &actual)
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
    let end = Instant.start + .seconds(state.second + 9)
    state.reference.advance(to: end, into: &expected)
    state.meter.advance(to: end, into: &actual)
  }
}
