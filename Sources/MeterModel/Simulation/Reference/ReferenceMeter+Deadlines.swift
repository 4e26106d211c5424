// Deadlines: which ones there are, and what each does.

extension ReferenceMeter {
  /// The instant of the next deadline; nil if there is none.
  package var nextDeadline: Instant? {
    var earliest: Instant?
    for namespace in namespaces {
      for stream in namespace.streams {
        earliest = first(earliest, arrivalEnd(of: stream))
        earliest = first(earliest, stream.ends)
      }
      for viewer in namespace.viewers {
        earliest = first(earliest, countingInstant(of: viewer))
        earliest = first(earliest, pingEnd(of: viewer))
        earliest = first(earliest, viewer.grace?.ends)
      }
      // A report without members has nothing left that could be forgotten.
      for peer in namespace.peers where peer.members > 0 {
        earliest = first(earliest, expiryInstant(of: peer))
      }
      for external in namespace.externals {
        earliest = first(earliest, expiryInstant(of: external))
      }
      earliest = first(earliest, notificationInstant(of: namespace))
      earliest = first(earliest, retirementInstant(of: namespace))
    }
    return earliest
  }

  /// "At equal instants deadlines … fire in this order: ends of arrivals (rule 18), increments,
  /// maximum durations, ends of pings, departures (of leaving and then of returning viewers),
  /// expiry of other nodes' and then of external counts, notifications, retirements; within one
  /// kind, in the order in which they were set."
  mutating func fireDeadlines(into effects: inout EffectBuffer) {
    endDueArrivals()
    countDueViewers()
    endDueStreams(into: &effects)
    endDuePings()
    endDueGraces(ofReturning: false)
    endDueGraces(ofReturning: true)
    forgetDueReports()
    forgetDueExternals()
    notifyDueNamespaces(into: &effects)
    retireDueNamespaces(into: &effects)
  }

  /// Rule 18: "1 s after its open without that, an arriving stream's viewer is a new one as in rule
  /// 1, pending since the stream opened."
  private mutating func endDueArrivals() {
    for index in namespaces.indices {
      for place in namespaces[index].streams.indices {
        let stream = namespaces[index].streams[place]
        guard isDue(arrivalEnd(of: stream)), case .arriving(let since) = stream.audience else {
          continue
        }
        let viewer = newViewer(.none, in: index, since: since)
        namespaces[index].streams[place].audience =
          .viewer(namespaces[index].viewers[viewer].number)
      }
    }
  }

  /// Rule 1: "A new viewer is pending until `increment-delay` has passed, and is then counted."
  private mutating func countDueViewers() {
    for index in namespaces.indices {
      for viewer in namespaces[index].viewers.indices
      where isDue(countingInstant(of: namespaces[index].viewers[viewer])) {
        namespaces[index].count(viewer)
      }
    }
  }

  /// Rule 7: "A stream is ended (`expired`) at most `max-conn-duration` after its open." Rule 5: "A
  /// stream that ends at its maximum duration (rule 7) has closed at that instant."
  private mutating func endDueStreams(into effects: inout EffectBuffer) {
    while let place = firstStream(where: { isDue($0.ends) }) {
      let stream = end(place, .expired, into: &effects)
      if fault != .givesExpiredNoGrace { giveGrace(after: stream, in: place.namespace, .leaving) }
      removeViewersWhoAreGone(place.namespace)
    }
  }

  /// Rule 9: "`ping(namespace, id)` keeps the viewer for `ping-timeout` from now."
  private mutating func endDuePings() {
    while let place = firstViewer(of: { isDue(pingEnd(of: $0)) ? $0.ping : nil }) {
      namespaces[place.namespace].viewers[place.viewer].ping = nil
      removeViewersWhoAreGone(place.namespace)
    }
  }

  /// Rules 5 and 17: the ends of grace.
  private mutating func endDueGraces(ofReturning isReturning: Bool) {
    while let place = firstViewer(of: { viewer in
      guard let grace = viewer.grace, grace.isReturning == isReturning, isDue(grace.ends) else {
        return nil
      }
      return grace.given
    }) {
      namespaces[place.namespace].viewers[place.viewer].grace = nil
      removeViewersWhoAreGone(place.namespace)
    }
  }

  /// The viewer with the first of some moments; nil if no viewer has one.
  private func firstViewer(of moment: (Viewer) -> Moment?) -> ViewerPlace? {
    var first: ViewerPlace?
    var firstOrder = UInt64.max
    for namespace in namespaces.indices {
      for (index, viewer) in namespaces[namespace].viewers.enumerated() {
        guard let moment = moment(viewer), moment.order < firstOrder else { continue }
        firstOrder = moment.order
        first = ViewerPlace(namespace: namespace, viewer: index)
      }
    }
    return first
  }

  /// Rule 10: "… and is forgotten `cluster-node-timeout` after it was last said." In the order of
  /// the reports.
  private mutating func forgetDueReports() {
    while let (index, peer) = firstToForget { forget(peer, of: index) }
  }

  private var firstToForget: (namespace: Int, peer: Int)? {
    var first: (namespace: Int, peer: Int)?
    var firstOrder = UInt64.max
    for namespace in namespaces.indices {
      for (index, peer) in namespaces[namespace].peers.enumerated() {
        guard let reported = peer.reported, isDue(expiryInstant(of: peer)) else { continue }
        if reported.order < firstOrder {
          firstOrder = reported.order
          first = (namespace, index)
        }
      }
    }
    return first
  }

  /// Rule 4: "This is judged per namespace, once after every event, and once at an instant at which
  /// deadlines fired (after all that changed a count there)."
  mutating func notifyDueNamespaces(into effects: inout EffectBuffer) {
    recordMembers()
    for index in namespaces.indices where isDue(notificationInstant(of: namespaces[index])) {
      setTold(index)
      namespaces[index].modified = now
      effects.append(
        .notify(namespaces[index].id, count: namespaces[index].told), at: now,
        namespace: namespaces[index].ordinal)
    }
  }

  /// Rule 14: "… judged where notifications are judged, whether or not anybody is open."
  private mutating func recordMembers() {
    for index in namespaces.indices {
      let members = namespaces[index].members
      guard members != namespaces[index].course.last?.members ?? 0 else { continue }
      namespaces[index].course.append((now, members))
    }
  }

  /// Rule 15, in the order in which the namespaces became vacant.
  private mutating func retireDueNamespaces(into effects: inout EffectBuffer) {
    while let index = firstToRetire {
      let namespace = namespaces.remove(at: index)
      effects.append(.retire(namespace.id), at: now, namespace: namespace.ordinal)
      forgetKept(in: namespace.id)
    }
  }

  private var firstToRetire: Int? {
    var first: Int?
    var firstOrder = UInt64.max
    for index in namespaces.indices where isDue(retirementInstant(of: namespaces[index])) {
      guard let vacant = namespaces[index].vacant, vacant.order < firstOrder else { continue }
      firstOrder = vacant.order
      first = index
    }
    return first
  }
}

extension ReferenceMeter {
  private func first(_ left: Instant?, _ right: Instant?) -> Instant? {
    guard let left else { return right }
    guard let right else { return left }
    return left.nanoseconds < right.nanoseconds ? left : right
  }

  private func isDue(_ instant: Instant?) -> Bool {
    guard let instant else { return false }
    return instant <= now
  }

  /// The instant at which the viewer of an arriving stream is a new one.
  private func arrivalEnd(of stream: Stream) -> Instant? {
    guard case .arriving(let since) = stream.audience else { return nil }
    return since + .seconds(1) + Duration(nanoseconds: fault == .endsArrivalLate ? 1 : 0)
  }

  /// The instant at which a pending viewer is counted.
  private func countingInstant(of viewer: Viewer) -> Instant? {
    viewer.isMember ? nil : viewer.came + configuration.incrementDelay
  }

  /// The instant at which a viewer's ping ends.
  private func pingEnd(of viewer: Viewer) -> Instant? {
    viewer.ping.map { $0.instant + configuration.pingTimeout }
  }

  /// The instant at which a node's report is forgotten.
  private func expiryInstant(of peer: PeerCount) -> Instant? {
    peer.reported.map { $0.instant + configuration.clusterNodeTimeout }
  }

  /// The instant of the next notification if nothing changes before. Rule 4: "A namespace with at
  /// least one open stream on this node, and with members > 0 or an observer among those streams,
  /// is told its count when (a) … or (b) …"
  private func notificationInstant(of namespace: Namespace) -> Instant? {
    guard !namespace.streams.isEmpty else { return nil }
    let members = namespace.members
    guard members > 0 || namespace.hasObserver && fault != .forgetsObservers else { return nil }
    // (b) "now − told-at ≥ `notify-max-delay`, changed or not."
    let quiet = namespace.toldAt + configuration.notifyMaxDelay
    guard isSufficient(members, to: namespace) else { return quiet }
    return min(quiet, namespace.toldAt + configuration.notifyMinDelay)
  }

  /// (a) "Members differ by at least max(⌊told × ratio⌋, 1) from told, *or from what members were
  /// at any greeting since told*."
  private func isSufficient(_ members: UInt64, to namespace: Namespace) -> Bool {
    let ratio = configuration.notifyDeltaRatio
    let threshold = max(ratio.floorOfProduct(with: namespace.told), 1)
    func differs(from count: UInt64) -> Bool {
      (members > count ? members - count : count - members) >= threshold
    }
    return differs(from: namespace.told) || namespace.greeted.contains(where: differs)
  }

  /// The instant of a namespace's retirement if no event comes before.
  private func retirementInstant(of namespace: Namespace) -> Instant? {
    namespace.vacant.map { $0.instant + configuration.namespaceCleanDelay }
  }
}
