// Events: which rule judges each, and the rules of messages, of other nodes and of namespaces.

extension ReferenceMeter {
  mutating func judge(_ event: Event, into effects: inout EffectBuffer) {
    switch event {
    case .opened(let id, let namespace, let viewer, let after, let kind):
      judgeOpened(id, in: namespace, viewer: viewer, after: after, as: kind, into: &effects)
    case .closed(let id):
      judgeClosed(id, into: &effects)
    case .excluded(let viewer):
      judgeExcluded(viewer, into: &effects)
    case .cut(let id):
      judgeCut(id)
    case .restarted:
      judgeRestarted()
    case .pinged(let namespace, let viewer):
      judgePinged(viewer, in: namespace, into: &effects)
    case .left(let namespace, let viewer):
      judgeLeft(viewer, in: namespace, into: &effects)
    case .arrived(let id, let node):
      judgeArrived(id, from: node)
    case .moved(let key, let node):
      judgeMoved(key, to: node, into: &effects)
    case .transferred(let namespace, let from, let to):
      judgeTransferred(namespace, from: from, to: to)
    case .message(let namespace, let message):
      judgeMessage(message, to: namespace, into: &effects)
    case .retained(let namespace, let service, let message, let bytes):
      judgeRetained(message, of: service, in: namespace, bytes: bytes, into: &effects)
    case .peer(let node, let namespace, let members, let connections):
      judgePeer(node, namespace, members: members, connections: connections, into: &effects)
    case .bye(let node):
      judgeBye(node)
    case .external(let source, let namespace, let members):
      judgeExternal(source, namespace, members: members, into: &effects)
    }
  }

  func judgeMessage(
    _ message: MessageID, to namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    // Rule 13: "It changes no count and no told, and has no effect where nobody is open."
    guard let index = index(of: namespace), !namespaces[index].streams.isEmpty else { return }
    effects.append(
      .message(namespace, message), at: now, namespace: namespaces[index].ordinal)
  }

  private mutating func judgePeer(
    _ node: NodeID, _ namespace: NamespaceID, members: UInt64, connections: UInt64,
    into effects: inout EffectBuffer
  ) {
    guard members <= Self.maximumCount && connections <= Self.maximumCount else {
      return effects.append(.reject(.peerOutOfRange(node, namespace)), at: now)
    }
    // Rule 10: "A peer with members > 0 creates the namespace; one with 0 neither creates nor keeps
    // it." Rule 16: "A peer, an external count or a ping that would create a namespace past the
    // second is rejected."
    if index(of: namespace) == nil {
      guard members > 0 else { return }
      guard namespaces.count < configuration.maximumNamespaces else {
        return effects.append(.reject(.peerPastLimit(node, namespace)), at: now)
      }
    }
    let index = index(of: namespace) ?? create(namespace)

    // Rule 10: "… replaces what that node last said of that namespace."
    namespaces[index].peers.removeAll { $0.node == node }
    namespaces[index].peers.append(
      PeerCount(
        node: node, members: members, connections: connections, reported: nextMoment()))

    // Rule 15: only a namespace without members is retired.
    if members > 0 { namespaces[index].vacant = nil }
    noteVacancy(index)
  }

  private mutating func judgeBye(_ node: NodeID) {
    // Rule 10: "`bye(node)` forgets all that the node said."
    for index in namespaces.indices {
      for peer in namespaces[index].peers.indices
      where namespaces[index].peers[peer].node == node {
        forget(peer, of: index)
      }
    }
  }
}

extension ReferenceMeter {
  mutating func create(_ id: NamespaceID) -> Int {
    namespacesCreated += 1
    namespaces.append(
      Namespace(id: id, ordinal: namespacesCreated, created: now, toldAt: now))
    return namespaces.count - 1
  }

  /// Forgets a report. Rule 10: "A forgotten node's connections stay in the total until the
  /// namespace retires; the same node coming back replaces them."
  mutating func forget(_ peer: Int, of index: Int) {
    namespaces[index].peers[peer].members = 0
    namespaces[index].peers[peer].reported = nil
    noteVacancy(index)
  }

  /// Remembers the moment at which a namespace became vacant (rule 15).
  mutating func noteVacancy(_ index: Int) {
    guard namespaces[index].isVacant && namespaces[index].vacant == nil else { return }
    namespaces[index].vacant = nextMoment()
  }

  /// Rule 4: "Then told := members, told-at := now, and the greetings are forgotten."
  mutating func setTold(_ index: Int) {
    namespaces[index].told = namespaces[index].members
    namespaces[index].toldAt = now
    namespaces[index].greeted = []
  }
}
