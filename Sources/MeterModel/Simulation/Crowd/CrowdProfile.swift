// The kinds of crowds of random logs: the frequencies, numbers and times of events.

/// A kind of crowd.
package enum CrowdProfile: String, CaseIterable, Sendable {
  /// Viewers come and go.
  case churn

  /// Many open at once, stay, and close at once.
  case flash

  /// Many close before they are counted.
  case flood

  /// Viewers whose maximum duration ended return at once.
  case herd

  /// Viewers with few ids exclude one another and return.
  case viewers

  /// Pages in several tabs have one viewer id each time. They exclude one another, come back by
  /// themselves with their `Last-Event-ID`, lose their connections and are reloaded.
  case tabs

  /// Other nodes report, fall silent and leave.
  case cluster

  /// Sources outside of the cluster report their counts.
  case external

  /// Any events, valid or not.
  case nonsense

  /// Few events, with long gaps.
  case idle

  /// More namespaces than connections.
  case namespaces

  /// The habits of a crowd of this kind.
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
    case .tabs:
      Habits(
        open: 6, close: 4, exclude: 1, together: 3, connections: 60, namespaces: 2, viewers: 2,
        withViewer: 9, comeBack: true)
    case .cluster:
      Habits(
        open: 3, close: 2, peer: 8, bye: 2, connections: 6, namespaces: 3, viewers: 0, nodes: 3)
    case .external:
      Habits(
        open: 3, close: 2, peer: 1, external: 24, together: 16, connections: 6, namespaces: 1,
        viewers: 0, sources: 60)
    case .nonsense:
      Habits(
        open: 5, close: 5, exclude: 3, message: 3, peer: 5, bye: 2, external: 3, nonsense: 6,
        connections: 8, namespaces: 4, viewers: 3, nodes: 3, sources: 3, withViewer: 5)
    case .idle: Habits(open: 3, close: 2, peer: 1, together: 1, connections: 4, namespaces: 2)
    case .namespaces:
      Habits(open: 8, close: 7, peer: 2, connections: 8, namespaces: 12, withViewer: 1)
    }
  }
}

/// The habits of a crowd. The numbers of events are weights.
struct Habits {
  var open: UInt64
  var close: UInt64
  var exclude: UInt64 = 0
  var message: UInt64 = 0
  var peer: UInt64 = 0
  var bye: UInt64 = 0
  var external: UInt64 = 0

  /// Out of 20, the number of events at the instant of the previous one.
  var together: UInt64 = 7

  /// Out of 10, the number of opens and closes that make no sense.
  var nonsense: UInt64 = 0
  var connections: UInt32
  var namespaces: UInt32
  var viewers: UInt32 = 2
  var nodes: UInt32 = 2
  var sources: UInt32 = 2

  /// Out of 10, the number of opens with a viewer id.
  var withViewer: UInt64 = 0

  /// Whether clients that lost their connection come back by themselves.
  var comeBack = false
}
