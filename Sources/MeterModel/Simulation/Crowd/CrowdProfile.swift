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

  /// Pages lose their streams and come back after them, within, at and after their viewers' grace.
  case reloads

  /// Pages change their network: they come back while their streams are open still.
  case roaming

  /// Viewers with few ids exclude one another and return.
  case viewers

  /// Pages in several tabs have one exclusive viewer id each time. They exclude one another, come
  /// back by themselves with their `Last-Event-ID`, lose their connections and are reloaded.
  case tabs

  /// Pages in several tabs share one viewer id.
  case shared

  /// Clients without a stream ping and leave, beside pages with the same viewer ids.
  case players

  /// The daemon cuts streams and begins anew, and the pages come back.
  case restarts

  /// Other nodes report, fall silent and leave.
  case cluster

  /// Pages move between this node and others, and between others.
  case moves

  /// Sources outside of the cluster report their counts.
  case external

  /// Services retain messages, also more than are kept.
  case messages

  /// Any events, valid or not.
  case nonsense

  /// Few events, with long gaps.
  case idle

  /// More namespaces than connections.
  case namespaces

  /// The possible meanings of viewer ids for a crowd of this kind.
  var viewerIDs: [ViewerIDMode] {
    switch self {
    case .viewers, .tabs: [.exclusive]
    case .shared, .players: [.shared]
    case .restarts, .roaming: [.off, .exclusive, .shared]
    case .nonsense, .namespaces: [.off, .exclusive, .shared, .shared]
    case .churn, .flash, .flood, .herd, .reloads, .cluster, .moves, .external, .messages,
      .idle:
      [.off, .off, .off, .exclusive, .shared]
    }
  }

  /// The habits of a crowd of this kind.
  var habits: Habits {
    switch self {
    case .churn:
      Habits(
        open: 9, close: 9, message: 1, connections: 20, namespaces: 2, observers: 1)
    case .flash:
      Habits(open: 12, close: 5, together: 16, connections: 60, namespaces: 1, viewers: 0)
    case .flood: Habits(open: 10, close: 10, together: 10, connections: 40, namespaces: 2)
    case .herd:
      Habits(
        open: 10, close: 1, together: 6, connections: 12, namespaces: 2, viewers: 0,
        comeBack: true)
    case .reloads:
      Habits(
        open: 5, close: 8, peer: 1, together: 4, connections: 30, namespaces: 2, viewers: 0,
        observers: 1, comeBack: true)
    case .roaming:
      Habits(
        open: 5, close: 4, roam: 8, together: 5, connections: 30, namespaces: 2, viewers: 2,
        withViewer: 3, arriving: 1, observers: 1, comeBack: true)
    case .viewers:
      Habits(
        open: 12, close: 3, exclude: 3, connections: 16, namespaces: 3, viewers: 3,
        withViewer: 9)
    case .tabs:
      Habits(
        open: 6, close: 4, exclude: 1, together: 3, connections: 60, namespaces: 2, viewers: 2,
        withViewer: 9, comeBack: true)
    case .shared:
      Habits(
        open: 7, close: 7, exclude: 1, roam: 3, ping: 2, leave: 2, together: 5, connections: 30,
        namespaces: 2, viewers: 3, withViewer: 9, comeBack: true)
    case .players:
      Habits(
        open: 3, close: 3, ping: 9, leave: 3, together: 5, connections: 12, namespaces: 3,
        viewers: 4, withViewer: 8, comeBack: true)
    case .restarts:
      Habits(
        open: 8, close: 4, cut: 4, restart: 2, ping: 2, leave: 1, together: 5, connections: 16,
        namespaces: 3, viewers: 3, withViewer: 4, observers: 1, comeBack: true)
    case .moves:
      Habits(
        open: 6, close: 4, cut: 1, roam: 3, arrive: 5, move: 4, transfer: 3, peer: 6, bye: 1,
        together: 8, connections: 8, namespaces: 1, viewers: 0, nodes: 2, arriving: 6,
        comeBack: true)
    case .cluster:
      Habits(
        open: 3, close: 2, peer: 8, bye: 2, connections: 6, namespaces: 3, viewers: 0, nodes: 3)
    case .external:
      Habits(
        open: 3, close: 2, peer: 1, external: 24, together: 16, connections: 6, namespaces: 1,
        viewers: 0, sources: 60)
    case .messages:
      Habits(
        open: 6, close: 4, message: 1, retain: 24, together: 14, connections: 6, namespaces: 1,
        viewers: 0, services: 40)
    case .nonsense:
      Habits(
        open: 7, close: 5, exclude: 3, message: 3, retain: 2, cut: 2, restart: 1, roam: 2,
        ping: 3, leave: 2, arrive: 2, move: 2, transfer: 2, peer: 5, bye: 2, external: 3,
        nonsense: 6,
        connections: 8, namespaces: 4, viewers: 3, nodes: 3, sources: 3, withViewer: 5,
        arriving: 2, observers: 2)
    case .idle: Habits(open: 3, close: 2, peer: 1, together: 1, connections: 4, namespaces: 2)
    case .namespaces:
      Habits(open: 8, close: 7, peer: 2, connections: 8, namespaces: 12, withViewer: 1)
    }
  }
}
