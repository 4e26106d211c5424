// Viewers: how they come, what keeps them, and how they go (§2 rules 1, 5, 8, 9 and 17).

extension ReferenceMeter {
  /// How a viewer's last stream was lost.
  enum Loss {
    /// It closed (rule 5).
    case leaving

    /// The daemon itself ended it (rule 17).
    case returning
  }

  /// Rule 1: "A new viewer is pending until `increment-delay` has passed, and is then counted." "A
  /// delay of 0 … sets no deadline: what it delays happens within the event."
  mutating func newViewer(_ id: ViewerID, in index: Int, since came: Instant? = nil) -> Int {
    viewersCreated += 1
    namespaces[index].viewers.append(
      Viewer(number: viewersCreated, id: id, came: came ?? now, isMember: false))
    // Rule 15: only a namespace without a viewer is retired.
    namespaces[index].vacant = nil
    let viewer = namespaces[index].viewers.count - 1
    if configuration.incrementDelay == .zero { namespaces[index].count(viewer) }
    return viewer
  }

  /// A stream has closed or was cut.
  mutating func close(_ place: StreamPlace, _ loss: Loss) {
    let stream = namespaces[place.namespace].streams.remove(at: place.stream)
    giveGrace(after: stream, in: place.namespace, loss)
    removeViewersWhoAreGone(place.namespace)
  }

  /// Gives the viewer of a stream that closed the grace that is due, if any.
  mutating func giveGrace(after stream: Stream, in index: Int, _ loss: Loss) {
    // Rule 5: "When the last stream of a member closes, it gets grace …" "A pending viewer gets
    // none." Rule 17: "A member whose last stream is gone so is *returning* … A pending viewer gets
    // none."
    guard let viewer = namespaces[index].viewer(of: stream), !hasOpenStream(viewer, in: index),
      namespaces[index].viewers[viewer].isMember || fault == .givesPendingGrace
        || fault == .returnsPending && loss == .returning
    else { return }

    // Rule 5: "… for `decrement-delay`, or less if it is young: with step = ⌈decrement-delay ÷ 8⌉
    // ns, for min(decrement-delay, ⌊age ÷ step⌋ × step)." Rule 17: "It has grace for
    // `restart-delay` (also when it had a ping …)."
    let age = now - namespaces[index].viewers[viewer].came
    let delay = loss == .leaving ? grace(atAge: age) : configuration.restartDelay

    // Rule 5: "Nobody does where the delay is 0." Rule 16: "At most `max-connections` viewers have
    // grace; past that one who would get it gets none."
    guard delay > .zero,
      viewersWithGrace < configuration.maximumConnections || fault == .exceedsGraceLimit
    else { return }
    let lateness = Duration(nanoseconds: fault == .endsGraceLate ? 1 : 0)
    namespaces[index].viewers[viewer].grace = Grace(
      isReturning: loss == .returning, given: nextMoment(), ends: now + delay + lateness,
      stream: stream.ordinal)
  }

  private func grace(atAge age: Duration) -> Duration {
    let delay = configuration.decrementDelay.nanoseconds
    guard delay > 0 else { return .zero }
    if fault == .givesFullGrace { return configuration.decrementDelay }
    let step = delay / 8 + (delay % 8 == 0 ? 0 : 1)
    let rounding = fault == .roundsGraceUp ? step - 1 : 0
    return Duration(nanoseconds: min(delay, (age.nanoseconds + rounding) / step * step))
  }

  /// Rule 5: "A viewer is kept by its open streams, by a ping (rule 9) and by grace, each by
  /// itself, and gone at once when none is left: members −1 if it was counted (connections
  /// unchanged)."
  mutating func removeViewersWhoAreGone(_ index: Int) {
    for viewer in namespaces[index].viewers.indices.reversed() {
      let isKept =
        hasOpenStream(viewer, in: index) || namespaces[index].viewers[viewer].ping != nil
        || namespaces[index].viewers[viewer].grace != nil
      if !isKept { namespaces[index].viewers.remove(at: viewer) }
    }
    noteVacancy(index)
  }

  mutating func judgeExcluded(_ id: ViewerID, into effects: inout EffectBuffer) {
    // Rule 8: "A request for `/<anything>/<id>` that is no event stream excludes the holder (its
    // viewer is gone at once, a leaving or returning one too)." "So is excluding or leaving by an
    // id that nobody holds" (ignored).
    guard configuration.viewerIDs == .exclusive, let place = viewer(with: id) else { return }
    if let holder = holder(of: id) {
      let stream = end(holder, .excluded, into: &effects)
      if fault == .givesExcludedGrace {
        giveGrace(after: stream, in: place.namespace, .leaving)
        return removeViewersWhoAreGone(place.namespace)
      }
    }
    namespaces[place.namespace].viewers.remove(at: place.viewer)
    noteVacancy(place.namespace)
  }

  mutating func judgePinged(
    _ id: ViewerID, in namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    // Rule 9: "Pings (where viewer ids are shared)." "A ping of a viewer who does not ping yet is
    // rejected when `max-pings` viewers do." Rule 16: "A peer, an external count or a ping that
    // would create a namespace past the second is rejected."
    let known = index(of: namespace)
    let there = known.flatMap { namespaces[$0].viewer(with: id) }
    let pings = known.map { namespaces[$0].viewers.contains { $0.id == id && $0.ping != nil } }
    guard configuration.viewerIDs == .shared, id != .none,
      known != nil || namespaces.count < configuration.maximumNamespaces,
      pings == true || viewersWhoPing < configuration.maximumPings
    else { return effects.append(.reject(.ping(namespace, id)), at: now) }

    // "`ping(namespace, id)` keeps the viewer for `ping-timeout` from now, with or without streams:
    // a new one as in rule 1, or the one who is there."
    let index = known ?? create(namespace)
    let viewer = there ?? newViewer(id, in: index)
    namespaces[index].viewers[viewer].ping = nextMoment()
    if fault == .countsPingsAtOnce, !namespaces[index].viewers[viewer].isMember {
      namespaces[index].count(viewer)
    }

    // "It is answered with the members, +1 if the viewer is pending."
    let isPending = !namespaces[index].viewers[viewer].isMember
    let pending: UInt64 = isPending && fault != .answersWithoutPinger ? 1 : 0
    effects.append(
      .pong(namespace, id, count: Self.saturatedSum(namespaces[index].members, pending)), at: now,
      namespace: namespaces[index].ordinal)
  }

  mutating func judgeLeft(
    _ id: ViewerID, in namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    guard configuration.viewerIDs == .shared else {
      return effects.append(.reject(.leave(namespace, id)), at: now)
    }
    // Rule 9: "`leave(namespace, id)` ends the viewer's ping and grace."
    guard let index = index(of: namespace), let viewer = namespaces[index].viewer(with: id) else {
      return
    }
    namespaces[index].viewers[viewer].ping = nil
    namespaces[index].viewers[viewer].grace = nil
    if fault == .leavesWithStreams { namespaces[index].viewers.remove(at: viewer) }
    removeViewersWhoAreGone(index)
  }
}

extension ReferenceMeter {
  func hasOpenStream(_ viewer: Int, in index: Int) -> Bool {
    namespaces[index].streams.contains { namespaces[index].viewer(of: $0) == viewer }
  }

  /// The place of the viewer with an exclusive id, who is in one namespace at most.
  func viewer(with id: ViewerID) -> ViewerPlace? {
    for namespace in namespaces.indices {
      if let viewer = namespaces[namespace].viewer(with: id) {
        return ViewerPlace(namespace: namespace, viewer: viewer)
      }
    }
    return nil
  }

  /// The place of a stream's viewer; nil if it has none.
  func viewer(of place: StreamPlace) -> ViewerPlace? {
    let namespace = namespaces[place.namespace]
    return namespace.viewer(of: namespace.streams[place.stream]).map {
      ViewerPlace(namespace: place.namespace, viewer: $0)
    }
  }

  private var viewersWithGrace: Int {
    namespaces.reduce(0) { $0 + $1.viewers.count { $0.grace != nil } }
  }

  private var viewersWhoPing: Int {
    namespaces.reduce(0) { $0 + $1.viewers.count { $0.ping != nil } }
  }
}
