// Streams: how they open, close and are cut (§2 rules 1, 2, 3, 6, 8, 16 and 17).

extension ReferenceMeter {
  /// A stream that asks to open.
  private struct Newcomer {
    let id: ConnectionID
    let ordinal: ConnectionOrdinal
    let namespace: NamespaceID
    var viewer: ViewerID
    var after: ConnectionKey
    var kind: StreamKind
  }

  mutating func judgeOpened(
    _ id: ConnectionID, in namespace: NamespaceID, viewer: ViewerID, after: ConnectionKey,
    as kind: StreamKind, into effects: inout EffectBuffer
  ) {
    latestOrdinal = latestOrdinal.next
    var newcomer = Newcomer(
      id: id, ordinal: latestOrdinal, namespace: namespace, viewer: viewer, after: after,
      kind: kind)

    // "One that makes no sense (a close of an unknown stream, an open of one that is open) is
    // answered with a `reject` effect and changes nothing."
    guard place(of: id) == nil else {
      return effects.append(.reject(.open(id)), at: now)
    }
    ignoreWhatMeansNothing(in: &newcomer)

    // Rule 8: "This is judged before limits and before rule 6."
    if isStopped(newcomer) { return refuse(newcomer, .stopped, into: &effects) }

    // Rule 16: "An open past either is refused (`full`) and changes nothing at all … (A stream that
    // it would end counts as gone when the first limit is judged.)"
    let former = streamEnded(by: newcomer)
    let isKnown = index(of: namespace) != nil
    guard openStreams - (former == nil ? 0 : 1) < configuration.maximumConnections,
      isKnown || namespaces.count < configuration.maximumNamespaces
    else { return refuse(newcomer, .full, into: &effects) }

    let audience = audience(of: newcomer, inPlaceOf: former, into: &effects)
    open(newcomer, for: audience, into: &effects)
  }

  private func ignoreWhatMeansNothing(in newcomer: inout Newcomer) {
    // Rule 8: "Viewer ids are ignored by default, or *exclusive* or *shared*."
    if configuration.viewerIDs == .off { newcomer.viewer = .none }
    switch newcomer.kind {
    case .viewer: break
    // Rule 12: "A stream that opens as an observer has no viewer and no id, comes after nobody …"
    case .observer:
      newcomer.viewer = .none
      newcomer.after = .none
    // Rule 18: "`arriving` means nothing with a viewer id or `observer`, and `after=` nothing with
    // it."
    case .arriving:
      if newcomer.viewer == .none { newcomer.after = .none } else { newcomer.kind = .viewer }
    }
  }

  /// Rule 8: "While the id is held by an open stream, one that comes *after* the remembered stream
  /// or one that opened before it, whatever id that had, is refused (`stopped` …)."
  private func isStopped(_ newcomer: Newcomer) -> Bool {
    guard configuration.viewerIDs == .exclusive, let holder = holder(of: newcomer.viewer),
      let viewer = viewer(of: holder)
    else { return false }
    let remembered = namespaces[viewer.namespace].viewers[viewer.viewer].remembered
    let after = newcomer.after.ordinal
    guard remembered != .none, after != .none, fault != .admitsStopped else { return false }
    return fault == .admitsOlder ? after == remembered : !after.isNewer(than: remembered)
  }

  /// The open stream that a newcomer ends, and the reason; nil if there is none.
  private func streamEnded(by newcomer: Newcomer) -> (place: StreamPlace, reason: EndReason)? {
    // Rule 6: "Where both are of the same namespace and have the same viewer id or none: if the
    // other stream is still open (its loss was not noticed yet), it is ended (`superseded`) first."
    if let other = place(of: newcomer.after) {
      let namespace = namespaces[other.namespace]
      let viewer = namespace.viewerID(of: namespace.streams[other.stream])
      if namespace.id == newcomer.namespace || fault == .resumesElsewhere,
        viewer == newcomer.viewer || fault == .resumesAnotherID,
        newcomer.viewer == .none || fault != .excludesSuperseded
      {
        return (other, .superseded)
      }
    }
    // Rule 8: "One id holds at most one stream on the node, in whatever namespace. A newcomer with
    // the same id excludes the former stream, which is sent `retry: -1` and ended (`excluded`)
    // first."
    guard configuration.viewerIDs == .exclusive, let holder = holder(of: newcomer.viewer) else {
      return nil
    }
    return (holder, .excluded)
  }

  /// Ends the stream in whose place a newcomer opens, and finds who is at the newcomer.
  private mutating func audience(
    of newcomer: Newcomer, inPlaceOf former: (place: StreamPlace, reason: EndReason)?,
    into effects: inout EffectBuffer
  ) -> Audience {
    switch newcomer.kind {
    case .observer: return .observer
    case .arriving: return .arriving(since: now)
    case .viewer: break
    }
    // Rule 8: "As long as an id's viewer is there (and passed on to the viewer that takes the id to
    // another namespace), the newest stream that was excluded for it is remembered." "A stream that
    // comes after its id's own open stream supersedes it, by rule 6, and excludes nothing."
    var remembered = ConnectionOrdinal.none
    if configuration.viewerIDs == .exclusive, let place = viewer(with: newcomer.viewer),
      fault != .forgetsWithHolder || holder(of: newcomer.viewer) != nil
    {
      remembered = namespaces[place.namespace].viewers[place.viewer].remembered
    }
    if let former {
      let stream = end(former.place, former.reason, into: &effects)
      if former.reason == .excluded, fault != .remembersFirst || remembered == .none {
        remembered = stream.ordinal
      }
      // Rule 6: "… and the newcomer takes its place with the same viewer, pending or counted." Rule
      // 18: "Who comes after an open arriving stream supersedes it and arrives in its place, since
      // that one opened."
      if case .arriving = stream.audience {
        return fault == .startsArrivalAnew ? .arriving(since: now) : stream.audience
      }
      if newcomer.viewer == .none, fault != .countsSupersededAnew { return stream.audience }
      if newcomer.viewer == .none { removeViewersWhoAreGone(former.place.namespace) }
    }

    // Rule 8, exclusive: "In another namespace the former viewer is gone at once, and a new one
    // opens. A leaving or returning viewer with the id is resumed in the same namespace, and gone
    // at once when the id opens in another."
    if configuration.viewerIDs == .exclusive, let place = viewer(with: newcomer.viewer),
      namespaces[place.namespace].id != newcomer.namespace
        || fault == .countsLeavingIDAnew && former == nil
    {
      if fault == .passesNothingOn { remembered = .none }
      namespaces[place.namespace].viewers.remove(at: place.viewer)
      noteVacancy(place.namespace)
    }

    let index = index(of: newcomer.namespace) ?? create(newcomer.namespace)
    let viewer = viewerThere(of: newcomer, in: index) ?? newViewer(newcomer.viewer, in: index)
    // Rule 5: "A stream that opens for a viewer ends its grace."
    namespaces[index].viewers[viewer].grace = nil
    namespaces[index].viewers[viewer].remembered = remembered
    return .viewer(namespaces[index].viewers[viewer].number)
  }

  /// The viewer in a namespace whose stream a newcomer is; nil if it is a new one's.
  private func viewerThere(of newcomer: Newcomer, in index: Int) -> Int? {
    // Rule 8, exclusive: "In the same namespace the newcomer is a stream of the same viewer,
    // pending or counted." Shared: "All streams with one id in one namespace are one viewer."
    if newcomer.viewer != .none {
      if fault == .countsTabs, configuration.viewerIDs == .shared { return nil }
      return namespaces[index].viewer(with: newcomer.viewer)
    }
    // Rule 6: "If its viewer has the grace that the close of that stream gave (of those that a
    // restart cut, any), the newcomer is a stream of that viewer, whose grace is over."
    guard newcomer.after.ordinal != .none, fault != .countsResumedAnew else { return nil }
    return namespaces[index].viewers.firstIndex {
      $0.id == .none && $0.grace?.stream == newcomer.after.ordinal
    }
  }

  private mutating func open(
    _ newcomer: Newcomer, for audience: Audience, into effects: inout EffectBuffer
  ) {
    let index = index(of: newcomer.namespace) ?? create(newcomer.namespace)
    awaitedCloses.remove(newcomer.id)
    let stream = Stream(
      id: newcomer.id, ordinal: newcomer.ordinal,
      ends: configuration.lifetime(of: newcomer.ordinal).map { now + $0 }, audience: audience)
    namespaces[index].streams.append(stream)
    // Rule 15: only a namespace without an open stream is retired.
    namespaces[index].vacant = nil

    // Rule 2: "Each new stream is sent the members at once, +1 if its own viewer is pending." Rule
    // 18: an arriving stream "is greeted with the members (no +1)".
    let members = namespaces[index].members
    let viewer = namespaces[index].viewer(of: stream)
    let isPending =
      viewer.map { !namespaces[index].viewers[$0].isMember }
      ?? (fault == .greetsArrivingWithItself && newcomer.kind == .arriving)
    effects.append(
      .greet(
        stream.id, ordinal: stream.ordinal, newcomer.namespace,
        count: Self.saturatedSum(members, isPending && fault != .greetsWithoutNewcomer ? 1 : 0)),
      at: now, connection: stream.ordinal, namespace: namespaces[index].ordinal)
    sendKept(to: stream.id, stream.ordinal, in: index, into: &effects)
    namespaces[index].greeted.append(members)

    // Rule 3: "When a stream opens in a namespace with no other open stream on this node, then told
    // := members and told-at := now (after its viewer was counted, if the delay is 0): the greeting
    // has told it."
    if namespaces[index].streams.count == 1 { setTold(index) }
  }

  mutating func judgeClosed(_ id: ConnectionID, into effects: inout EffectBuffer) {
    if let place = place(of: id) {
      close(place, .leaving)
    } else if awaitedCloses.remove(id) == nil {
      effects.append(.reject(.close(id)), at: now)
    }
  }

  /// Rule 17: "`cut(stream)` says that the daemon itself ended this stream (no effect says so; of
  /// one that is gone already it means nothing)."
  mutating func judgeCut(_ id: ConnectionID) {
    guard let place = place(of: id) else { return }
    awaitedCloses.insert(id)
    close(place, fault == .cutsLikeCloses ? .leaving : .returning)
  }

  /// Rule 17: "Every stream is gone at this instant, in the order in which they opened."
  mutating func judgeRestarted() {
    // "That the daemon has begun anew": it awaits the close of nothing.
    awaitedCloses = []
    while let place = firstStream(where: { _ in true }) {
      close(place, fault == .restartsLikeCloses ? .leaving : .returning)
    }
    if fault == .endsPingsAtRestart { endAllPings() }
  }
}

extension ReferenceMeter {
  func place(of id: ConnectionID) -> StreamPlace? {
    firstStream { $0.id == id }
  }

  /// The place of an open stream that another one names; nil if it names none.
  func place(of key: ConnectionKey) -> StreamPlace? {
    guard key.ordinal != .none else { return nil }
    return firstStream { $0.id == key.connection && $0.ordinal == key.ordinal }
  }

  /// The first open stream, in the order of opening, that meets a condition.
  func firstStream(where condition: (Stream) -> Bool) -> StreamPlace? {
    var first: StreamPlace?
    var firstOrdinal = UInt32.max
    for namespace in namespaces.indices {
      for (index, stream) in namespaces[namespace].streams.enumerated() {
        guard condition(stream), stream.ordinal.number < firstOrdinal else { continue }
        firstOrdinal = stream.ordinal.number
        first = StreamPlace(namespace: namespace, stream: index)
      }
    }
    return first
  }

  /// Rule 8: the one open stream that holds an exclusive id.
  func holder(of id: ViewerID) -> StreamPlace? {
    guard let place = viewer(with: id) else { return nil }
    let namespace = namespaces[place.namespace]
    return firstStream { namespace.viewer(of: $0) == place.viewer }
  }

  private var openStreams: Int {
    namespaces.reduce(0) { $0 + $1.streams.count }
  }

  private mutating func refuse(
    _ newcomer: Newcomer, _ reason: RefusalReason, into effects: inout EffectBuffer
  ) {
    awaitedCloses.insert(newcomer.id)
    effects.append(.refuse(newcomer.id, reason), at: now, connection: newcomer.ordinal)
  }

  /// Ends a stream and returns it. Its close is still awaited. What becomes of its viewer is left
  /// to the caller.
  @discardableResult
  mutating func end(
    _ place: StreamPlace, _ reason: EndReason, into effects: inout EffectBuffer
  ) -> Stream {
    let stream = namespaces[place.namespace].streams.remove(at: place.stream)
    awaitedCloses.insert(stream.id)
    effects.append(
      .end(stream.id, reason), at: now, connection: stream.ordinal,
      namespace: namespaces[place.namespace].ordinal)
    return stream
  }
}
