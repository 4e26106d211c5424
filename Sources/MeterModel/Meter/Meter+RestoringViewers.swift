// The viewers of a snapshot: those with a viewer id, pings, and those that are leaving or
// returning.

extension Meter {
  mutating func restore(
    _ saved: ContiguousArray<MeterSnapshot.Viewer>
  ) throws(SnapshotError) {
    guard saved.isEmpty || configuration.viewerIDs != .off else {
      throw SnapshotError(reason: "it has viewer ids, which are off")
    }
    for viewer in saved.sorted(by: { $0.since < $1.since }) {
      guard viewer.id != .none, exists(viewer.namespace), viewer.since <= now,
        identified.find(viewer.id, in: viewer.namespace.number) == nil
      else { throw SnapshotError(reason: "a viewer is impossible") }
      var state = Viewer(namespace: viewer.namespace.number, id: viewer.id.number)
      state.since = viewer.since
      state.isMember = viewer.isMember
      if configuration.viewerIDs == .exclusive { state.remembered = viewer.remembered }
      let place = identified.insert(state)
      if viewer.isMember {
        localMembers += 1
        namespaces[Int(state.namespace)].localMembers += 1
      } else {
        namespaces[Int(state.namespace)].pending += 1
        identified.pending.append(place, in: &identified.viewers)
      }
    }
  }

  /// Adds a connection with a viewer id to its viewer.
  mutating func joinIdentified(
    _ saved: MeterSnapshot.Connection
  ) throws(SnapshotError) {
    guard let viewer = identified.find(saved.viewer, in: saved.namespace.number),
      identified[viewer].namespace == saved.namespace.number
    else { throw SnapshotError(reason: "a connection has no viewer") }
    let index = saved.id.number
    connections[Int(index)].phase = .identified
    connections[Int(index)].viewer = viewer
    waitDirectly(index)
    guard configuration.viewerIDs == .exclusive else {
      identified[viewer].streams += 1
      return
    }
    guard identified[viewer].holder == .max else {
      throw SnapshotError(reason: "two connections hold one viewer id")
    }
    identified[viewer].holder = index
  }

  mutating func restore(_ saved: ContiguousArray<MeterSnapshot.Ping>) throws(SnapshotError) {
    var latest = Instant.start
    for ping in saved {
      guard configuration.viewerIDs == .shared,
        let viewer = identified.find(ping.viewer, in: ping.namespace.number),
        !identified[viewer].isPinging, (latest...now).contains(ping.at)
      else { throw SnapshotError(reason: "a ping is impossible") }
      latest = ping.at
      identified.ping(viewer, at: ping.at)
    }
  }

  mutating func restore(
    _ saved: ContiguousArray<MeterSnapshot.Departure>
  ) throws(SnapshotError) {
    var latest = (leaving: Instant.start, returning: Instant.start)
    for departure in saved {
      guard departure.leftAt >= (departure.isReturning ? latest.returning : latest.leaving) else {
        throw SnapshotError(reason: "the departures are not in order")
      }
      if departure.isReturning {
        latest.returning = departure.leftAt
      } else {
        latest.leaving = departure.leftAt
      }
      try restore(departure)
    }
    let isKept = identified.viewers.allSatisfy { viewer in
      viewer.namespace == .max || isOpen(viewer) || viewer.isPinging || viewer.departure != .max
    }
    guard isKept else { throw SnapshotError(reason: "nothing keeps a viewer") }
  }

  private mutating func restore(
    _ saved: MeterSnapshot.Departure
  ) throws(SnapshotError) {
    guard exists(saved.namespace), saved.since <= saved.leftAt, saved.leftAt <= now else {
      throw SnapshotError(reason: "a departure is impossible")
    }
    if saved.viewer == .none {
      guard saved.ordinal != .none, departures.find(saved.ordinal) == nil else {
        throw SnapshotError(reason: "a departure is impossible")
      }
      _ = departures.append(
        Departure(
          leftAt: saved.leftAt, since: saved.since, ordinal: saved.ordinal,
          owner: saved.namespace.number), isReturning: saved.isReturning)
      localMembers += 1
      namespaces[Int(saved.namespace.number)].localMembers += 1
      return
    }
    guard let viewer = identified.find(saved.viewer, in: saved.namespace.number),
      identified[viewer].namespace == saved.namespace.number,
      identified[viewer].departure == .max, identified[viewer].isMember,
      identified[viewer].since == saved.since, !isOpen(identified[viewer])
    else { throw SnapshotError(reason: "the departure of a viewer is impossible") }
    identified[viewer].departure = departures.append(
      Departure(
        leftAt: saved.leftAt, since: identified[viewer].since, ordinal: .none, owner: viewer),
      isReturning: saved.isReturning)
  }
}

extension ViewerTable {
  /// Adds the viewers and the pings to a snapshot.
  func save(into snapshot: inout MeterSnapshot) {
    for viewer in viewers where viewer.namespace != .max {
      snapshot.viewers.append(
        MeterSnapshot.Viewer(
          id: ViewerID(viewer.id), namespace: NamespaceID(viewer.namespace),
          isMember: viewer.isMember, since: viewer.since,
          remembered: isShared ? .none : viewer.remembered))
    }
    snapshot.viewers.sort { left, right in
      (left.id.number, left.namespace.number) < (right.id.number, right.namespace.number)
    }
    pinging.forEach(in: pings) { place in
      let viewer = viewers[Int(place)]
      snapshot.pings.append(
        MeterSnapshot.Ping(
          viewer: ViewerID(viewer.id), namespace: NamespaceID(viewer.namespace),
          at: pings[Int(place)].at))
    }
  }
}
