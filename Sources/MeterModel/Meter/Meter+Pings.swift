// Viewers who hold no stream (§2 rule 9).

extension Meter {
  mutating func pinged(
    _ namespace: NamespaceID, _ viewer: ViewerID, into effects: inout EffectBuffer
  ) {
    let place =
      configuration.viewerIDs == .shared ? identified.find(viewer, in: namespace.number) : nil
    let isPinging = place.map { identified[$0].isPinging } ?? false
    guard configuration.viewerIDs == .shared, viewer != .none,
      isPinging || identified.pinging.count < configuration.maximumPings,
      exists(namespace) || hasRoomForNamespace
    else {
      effects.append(.reject(.ping(namespace, viewer)), at: now)
      return
    }
    createIfUnknown(namespace)
    let viewer = place ?? addViewer(viewer, in: namespace.number)
    if isPinging { identified.endPing(viewer) }
    identified.ping(viewer, at: now)
    touch(namespace.number)
    let members = namespaces[Int(namespace.number)].members
    let count =
      identified[viewer].isMember ? members : min(members + 1, Configuration.maximumCount)
    effects.append(
      .pong(namespace, ViewerID(identified[viewer].id), count: count), at: now,
      namespace: namespaces[Int(namespace.number)].ordinal)
  }

  /// Ends the ping and the grace of a viewer.
  mutating func left(
    _ namespace: NamespaceID, _ viewer: ViewerID, into effects: inout EffectBuffer
  ) {
    guard configuration.viewerIDs == .shared else {
      effects.append(.reject(.leave(namespace, viewer)), at: now)
      return
    }
    guard let place = identified.find(viewer, in: namespace.number) else { return }
    if identified[place].isPinging { identified.endPing(place) }
    endGrace(of: place)
    forgetIfGone(place, into: &effects)
  }

  /// Ends the pings that were not repeated in time.
  mutating func endPings(into effects: inout EffectBuffer) {
    while identified.pinging.firstSince + configuration.pingTimeout <= now {
      let viewer = identified.pinging.head
      identified.endPing(viewer)
      forgetIfGone(viewer, into: &effects)
    }
    identified.giveBack()
  }
}
