// Viewer ids across nodes (§2 rule 8). ViewerClaims.swift describes which stream stays when two
// nodes hold one id.

extension Membership {
  /// The largest number of ids that are sent again at once.
  static let announcedIDs = 4096

  /// The stream id in a `held` event which means that the sender's viewer has left, so that the
  /// viewers that it excluded may return. No stream has this id.
  static let leftMark: ContiguousArray<UInt8> = [UInt8(ascii: "-")]

  /// A stream with this viewer id (1 to 128 visible ASCII bytes) opened here: other nodes end
  /// theirs. To be called after `ended` for a stream that was excluded by it here.
  package mutating func viewerOpened(_ viewer: Span<UInt8>, at instant: Instant) {
    advanceClock(to: instant)
    guard (1...128).contains(viewer.count), let number = claims.touch(viewer, at: now) else {
      return
    }
    forgetStoppedLongAgo(number)
    let stamp = nextStamp(isOpen: true)
    claims.hold(number, stamp: stamp, at: now)
    addEvent(.exclusion(stamp: stamp), viewer, Span())
  }

  /// A plain request on this node excludes the holder of this viewer id on all nodes. To be called
  /// before the meter is fed the exclusion.
  package mutating func exclusionRequested(of viewer: Span<UInt8>, at instant: Instant) {
    advanceClock(to: instant)
    guard (1...128).contains(viewer.count), let number = claims.touch(viewer, at: now) else {
      return
    }
    let stamp = nextStamp(isOpen: false)
    claims.release(number, at: now)
    claims[number].stamp = stamp
    claims[number].claimant = .nobody
    claims[number].forgetStopped()
    addEvent(.exclusion(stamp: stamp), viewer, Span())
  }

  /// The viewer with this viewer id is gone here.
  package mutating func viewerLeft(_ viewer: Span<UInt8>, at instant: Instant) {
    advanceClock(to: instant)
    guard let number = claims.find(viewer), claims[number].localStamp != 0 else { return }
    claims.release(number, at: now)
    guard !claims[number].stopped.isEmpty else { return claims.forget(number) }
    claims[number].claimant = .left
    claims[number].stoppedAt = now
    addEvent(.held, viewer, Self.leftMark.span)
  }

  /// The meter ended a stream because its viewer id was excluded: by another stream here or
  /// elsewhere, or by a plain request.
  package mutating func ended(
    _ viewer: Span<UInt8>, _ stream: StoppedStream, at instant: Instant
  ) {
    advanceClock(to: instant)
    guard (1...128).contains(viewer.count), let number = claims.touch(viewer, at: now) else {
      return
    }
    let wasAsked = claims[number].claimant == .nobody
    claims.release(number, at: now)
    guard !wasAsked else { return }
    claims[number].remember(stream, at: now)
    addEvent(.held, viewer, stream.text.span)
  }

  /// Whether a client that returns with the id of an earlier stream must be refused for good,
  /// because a stream has the viewer id, on this or another node, and the earlier stream was
  /// excluded for it or opened on its node before one that was. `isHeldHere`: a stream of this node
  /// has the viewer id, whose viewer may also be here without one.
  package func isStopped(
    _ viewer: Span<UInt8>, after stream: StoppedStream, isHeldHere: Bool
  ) -> Bool {
    guard let number = claims.find(viewer), claims[number].stops(stream) else { return false }
    switch claims[number].claimant {
    case .this: return isHeldHere
    case .peer(let serial, _, let place): return peers.isLive(serial, at: place)
    case .nobody, .left: return false
    case .unknown: return claims[number].stoppedAt >= timeoutAgo
    }
  }

  /// Processes an exclusion by another node, with the number of its event: a stream with the viewer
  /// id opened there, or a plain request there asks the holder to leave.
  mutating func receiveExclusion(
    of viewer: Span<UInt8>, stamp: UInt64, event: UInt64, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    observeTime(stamp / 2)
    guard let number = claims.touch(viewer, at: now) else { return }
    let isOpen = stamp % 2 == 1
    let local = claims[number].localStamp
    if local != 0 {
      guard (local, session) < (stamp, peers[place].session) else {
        // The other node does not know the stream here; otherwise its stamp would be later.
        if isOpen { addEvent(.exclusion(stamp: local), viewer, Span()) }
        return
      }
      claims.release(number, at: now)
      directives.append(.exclude(viewer: directives.copy(viewer)))
    }
    guard stamp > claims[number].stamp || local != 0 else { return }
    claims[number].stamp = stamp
    if isOpen {
      if local == 0 { forgetStoppedLongAgo(number) }
      claims[number].claimant = .peer(serial: peers[place].serial, event: event, place: place)
    } else {
      // Without a holder here, the meter may remember a stream that was excluded.
      if local == 0 { directives.append(.exclude(viewer: directives.copy(viewer))) }
      claims[number].forgetStopped()
      claims[number].claimant = .nobody
    }
  }

  /// Processes a `held` event of another node: it ended a stream for the present holder of the
  /// viewer id, or its own viewer, which may have been that holder, left. A departure that arrives
  /// after a later claim of that node does not end it.
  mutating func receiveHeld(
    of viewer: Span<UInt8>, stream: Span<UInt8>, event: UInt64, from place: UInt32
  ) {
    if stream.isEqual(to: Self.leftMark.span) {
      guard let number = claims.find(viewer),
        case .peer(peers[place].serial, let claimed, place) = claims[number].claimant,
        claimed < event
      else { return }
      claims[number].claimant = .left
      claims[number].stoppedAt = now
      return
    }
    guard let stopped = StoppedStream(stream), let number = claims.touch(viewer, at: now),
      claims[number].claimant != .nobody
    else { return }
    claims[number].remember(stopped, at: now)
  }

  /// Lets the viewer ids be sent again that this node claimed since an instant, because a node was
  /// heard that may have missed them.
  mutating func scheduleAnnouncement(since instant: Instant) {
    guard claims.heldCount > 0 else { return }
    announcedSince = min(announcedSince ?? instant, instant)
    announcementDue = max(now, nextAnnouncement)
  }

  /// Sends the viewer ids again if that is due.
  mutating func announceHeld() {
    guard announcementDue <= now, let instant = announcedSince else { return }
    announcementDue = .never
    announcedSince = nil
    nextAnnouncement = now + Self.fullRoundGap
    var held: ContiguousArray<(ContiguousArray<UInt8>, ViewerClaims.Claim)> = []
    claims.visitHeld(since: instant, limit: Self.announcedIDs) { viewer, claim in
      var copy: ContiguousArray<UInt8> = []
      copy.append(viewer)
      held.append((copy, claim))
    }
    var events = 0
    for (viewer, claim) in held where events < Self.announcedIDs {
      events += 1 + claim.stopped.count
      addEvent(.exclusion(stamp: claim.localStamp), viewer.span, Span())
      for stopped in claim.stopped {
        addEvent(.held, viewer.span, stopped.text.span)
      }
    }
  }

  /// Whether an event still matters to a node that missed it. A claim of a viewer id matters only
  /// while this node holds the id, the departure of its viewer only while it does not, and an
  /// excluded stream only while it is remembered here.
  func isWorthRepeating(_ event: ClusterEvent) -> Bool {
    if case .message = event.kind { return true }
    // What a node misses of these is listed in the next round.
    if case .retained = event.kind { return false }
    let claim = claims.find(event.subject.span).map { claims[$0] }
    let localStamp = claim?.localStamp ?? 0
    switch event.kind {
    case .message, .retained: return true
    case .exclusion(let stamp): return stamp % 2 == 0 || localStamp == stamp
    case .held:
      guard let stream = StoppedStream(event.text.span) else { return localStamp == 0 }
      return claim?.stops(stream) == true
    }
  }

  /// Records a time of another node's clock or stamp, in UNIX milliseconds. A time that is more
  /// than a day ahead is wrong, and is ignored so that it does not spoil the stamps of all nodes.
  mutating func observeTime(_ milliseconds: UInt64) {
    guard milliseconds <= wall + 86_400_000 else { return }
    latestStampTime = max(latestStampTime, milliseconds)
  }

  private mutating func nextStamp(isOpen: Bool) -> UInt64 {
    latestStampTime = max(latestStampTime + 1, wall)
    return min(latestStampTime, ClusterDatagram.maximumNumber / 4) * 2 + (isOpen ? 1 : 0)
  }

  /// Forgets the excluded streams of a viewer id that no stream had for a while, before another one
  /// takes it.
  private mutating func forgetStoppedLongAgo(_ number: UInt32) {
    switch claims[number].claimant {
    case .this: return
    case .peer(let serial, _, let place) where peers.isLive(serial, at: place): return
    case .peer, .nobody, .left, .unknown: break
    }
    if claims[number].stoppedAt + Self.exclusionMemory <= now {
      claims[number].forgetStopped()
    }
  }

  /// The time for which the excluded streams of a viewer id are remembered after its last stream
  /// left. A browser's EventSource comes back 2 s after its exclusion.
  private static let exclusionMemory = Duration.seconds(5)
}
