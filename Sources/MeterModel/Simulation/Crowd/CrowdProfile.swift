// The kinds of crowds that random logs are made of: what happens how often, among how many, and when.

/// A kind of crowd.
package enum CrowdProfile: String, CaseIterable, Sendable {
  /// Viewers come and go.
  case churn

  /// Many come at once, stay, and go at once.
  case flash

  /// Many come and are gone before they are counted.
  case flood

  /// Those whose time is up come back at once.
  case herd

  /// Viewers with few ids exclude one another and come back.
  case viewers

  /// Other nodes speak, fall silent and say goodbye.
  case cluster

  /// Anything at all, sense or nonsense.
  case nonsense

  /// Hardly anything, with long gaps.
  case idle

  /// More namespaces than connections.
  case namespaces

  /// What a crowd of this kind does.
  var habits: Habits {
    switch self {
    case .churn: Habits(open: 9, close: 9, message: 1, connections: 20, namespaces: 2)
    case .flash:
      Habits(open: 12, close: 5, together: 16, connections: 60, namespaces: 1, viewers: 0)
    case .flood: Habits(open: 10, close: 10, together: 10, connections: 40, namespaces: 2)
    case .herd: Habits(open: 10, close: 1, together: 6, connections: 12, namespaces: 2)
    case .viewers:
      Habits(
        open: 12, close: 3, exclude: 3, connections: 16, namespaces: 3, viewers: 3,
        withViewer: 9)
    case .cluster:
      Habits(
        open: 3, close: 2, peer: 8, bye: 2, connections: 6, namespaces: 3, viewers: 0, nodes: 3)
    case .nonsense:
      Habits(
        open: 5, close: 5, exclude: 3, message: 3, peer: 5, bye: 2, nonsense: 6, connections: 8,
        namespaces: 4, viewers: 3, nodes: 3, withViewer: 5)
    case .idle: Habits(open: 3, close: 2, peer: 1, together: 1, connections: 4, namespaces: 2)
    case .namespaces:
      Habits(open: 8, close: 7, peer: 2, connections: 8, namespaces: 12, withViewer: 1)
    }
  }
}

/// How a crowd behaves. The counts of events are weights; those of ten are out of ten.
struct Habits {
  var open: UInt64
  var close: UInt64
  var exclude: UInt64 = 0
  var message: UInt64 = 0
  var peer: UInt64 = 0
  var bye: UInt64 = 0

  /// Out of 20, how many events share the instant of the one before.
  var together: UInt64 = 7

  /// Out of 10, how many opens and closes ask for no sense.
  var nonsense: UInt64 = 0
  var connections: UInt32
  var namespaces: UInt32
  var viewers: UInt32 = 2
  var nodes: UInt32 = 2

  /// Out of 10, how many opens carry a viewer id.
  var withViewer: UInt64 = 0
}
