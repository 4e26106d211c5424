// Moves of viewers between nodes (§2 rule 18).

extension ReferenceMeter {
  mutating func judgeArrived(_ id: ConnectionID, from node: NodeID) {
    // "For any other stream it means nothing."
    guard let place = place(of: id), case .arriving(let since) = stream(at: place).audience else {
      return
    }

    // "An arriving stream's viewer is a member from now on (connections unchanged, its age from
    // now), and what `from` said of its members here is taken as 1 lower (at least 0) until it says
    // anew."
    viewersCreated += 1
    let came = fault == .agesArrivedSinceOpen ? since : now
    let viewer = Viewer(number: viewersCreated, id: .none, came: came, isMember: true)
    namespaces[place.namespace].viewers.append(viewer)
    namespaces[place.namespace].streams[place.stream].audience = .viewer(viewer.number)
    if fault == .countsArrivedAnew { namespaces[place.namespace].counted += 1 }
    if fault != .lowersNothing { _ = lower(node, in: place.namespace) }
  }

  mutating func judgeMoved(
    _ key: ConnectionKey, to node: NodeID, into effects: inout EffectBuffer
  ) {
    let index: Int
    let membersBefore: Int
    if let place = place(of: key) {
      // "If the stream is open, it is ended (`superseded`) without grace." Rule 12: "`moved` of it
      // [an observer] means nothing." Only "a stream without a viewer id" moves.
      index = place.namespace
      guard namespaces[index].viewerID(of: stream(at: place)) == ViewerID.none else { return }
      membersBefore = localMembers(index)
      let stream = end(place, .superseded, into: &effects)
      if fault == .givesMovedGrace { giveGrace(after: stream, in: index, .leaving) }
    } else if let place = viewer(withGraceOf: key.ordinal) {
      // "If the viewer has the grace that the close of this stream gave (of those that a restart
      // cut, any), that grace is over."
      index = place.namespace
      membersBefore = localMembers(index)
      namespaces[index].viewers[place.viewer].grace = nil
    } else {
      // "Otherwise, and for observers, it means nothing."
      return
    }
    removeViewersWhoAreGone(index)

    // "If a member is gone by it, what `to` said of its members here is taken as 1 higher until it
    // says anew."
    if localMembers(index) < membersBefore, fault != .raisesNothing { raise(node, in: index) }
  }

  mutating func judgeTransferred(_ namespace: NamespaceID, from: NodeID, to: NodeID) {
    // "What `from` said of its members there is 1 lower and what `to` said 1 higher until they say
    // anew; nothing where `from` has said none." From a node to itself nothing moves.
    guard from != to, let index = index(of: namespace), lower(from, in: index) else { return }
    raise(to, in: index)
    noteVacancy(index)
  }

  /// Takes what a node said of its members as 1 lower. Returns false if it said none.
  private mutating func lower(_ node: NodeID, in index: Int) -> Bool {
    for (place, peer) in namespaces[index].peers.enumerated()
    where peer.node == node && peer.members > 0 {
      namespaces[index].peers[place].members -= 1
      // "… where 0 counts as nothing said, and none renews when a node said something."
      if peer.members == 1 { namespaces[index].peers[place].reported = nil }
      return true
    }
    return false
  }

  /// Takes what a node said of its members as 1 higher.
  private mutating func raise(_ node: NodeID, in index: Int) {
    namespaces[index].vacant = nil
    for (place, peer) in namespaces[index].peers.enumerated() where peer.node == node {
      namespaces[index].peers[place].members = Self.saturatedSum(peer.members, 1)
      // "As if it had said so now … where it had said nothing", and "0 counts as nothing said".
      if peer.members == 0 || fault == .renewsRaised {
        namespaces[index].peers[place].reported = nextMoment()
      }
      return
    }
    // "… (as if it had said so now, with no connections, where it had said nothing)."
    namespaces[index].peers.append(
      PeerCount(node: node, members: 1, connections: 0, reported: nextMoment()))
  }
}

extension ReferenceMeter {
  private func stream(at place: StreamPlace) -> Stream {
    namespaces[place.namespace].streams[place.stream]
  }

  /// The members on this node.
  private func localMembers(_ index: Int) -> Int {
    namespaces[index].viewers.count { $0.isMember }
  }

  /// The viewer without a viewer id that has the grace that the close of a stream gave.
  private func viewer(withGraceOf stream: ConnectionOrdinal) -> ViewerPlace? {
    guard stream != .none else { return nil }
    for namespace in namespaces.indices {
      for (index, viewer) in namespaces[namespace].viewers.enumerated()
      where viewer.id == .none && viewer.grace?.stream == stream {
        return ViewerPlace(namespace: namespace, viewer: index)
      }
    }
    return nil
  }
}
