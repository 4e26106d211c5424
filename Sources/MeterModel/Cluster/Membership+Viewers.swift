// Viewer ids across nodes (§2.8): see ViewerClaims.swift for who stays when two nodes hold one.

extension Membership {
  /// How many ids are told again at once to nodes that were forgotten.
  static let announcedIDs = 4096

  /// The stream's id in a `held` that says: the sender's viewer has left, so nobody is stopped any more who
  /// was excluded by it. No stream is called that.
  static let leftMark: ContiguousArray<UInt8> = [UInt8(ascii: "-")]

  /// A `held` may come before the exclusion that caused it, by no more than this.
  static let heldBefore = Duration.seconds(1)

  /// A stream with this viewer id (1 to 128 visible ASCII bytes) opened here: other nodes end theirs. To be
  /// called after `ended` for the stream that it excluded here, if any.
  package mutating func viewerOpened(_ viewer: Span<UInt8>, at instant: Instant) {
    takeTime(instant)
    guard (1...128).contains(viewer.count), let number = claims.touch(viewer, at: now) else {
      return
    }
    forgetStopped(number)
    let stamp = nextStamp(isOpen: true)
    claims.hold(number, stamp: stamp, at: now)
    addEvent(.exclusion(stamp: stamp), viewer, Span())
  }

  /// A plain request asked here that the holder of this viewer id leave, wherever it is. To be called before
  /// the meter is fed the exclusion.
  package mutating func viewerAsked(toLeave viewer: Span<UInt8>, at instant: Instant) {
    takeTime(instant)
    guard (1...128).contains(viewer.count), let number = claims.touch(viewer, at: now) else {
      return
    }
    let stamp = nextStamp(isOpen: false)
    claims.release(number, at: now)
    claims[number].stamp = stamp
    claims[number].claimant = .nobody
    claims[number].stopped = []
    addEvent(.exclusion(stamp: stamp), viewer, Span())
  }

  /// The stream with this viewer id closed here.
  package mutating func viewerLeft(_ viewer: Span<UInt8>, at instant: Instant) {
    takeTime(instant)
    guard let number = claims.find(viewer), claims[number].localStamp != 0 else { return }
    claims.release(number, at: now)
    if !claims[number].stopped.isEmpty {
      addEvent(.held, viewer, Self.leftMark.span)
    }
    claims.forget(number)
  }

  /// The meter ended the stream of this id (1 to 128 visible ASCII bytes) with this viewer id, as it was
  /// excluded: by another stream here or elsewhere, or by a plain request.
  package mutating func ended(
    _ viewer: Span<UInt8>, streamID: Span<UInt8>, at instant: Instant
  ) {
    takeTime(instant)
    guard (1...128).contains(viewer.count), (1...128).contains(streamID.count),
      let number = claims.touch(viewer, at: now)
    else { return }
    let wasAsked = claims[number].claimant == .nobody
    claims.release(number, at: now)
    guard !wasAsked else { return }
    if claims[number].claimant == .this { claims[number].claimant = .unknown }
    claims[number].stopped = []
    claims[number].stopped.append(streamID)
    claims[number].stoppedAt = now
    addEvent(.held, viewer, streamID)
  }

  /// Whether a stream that comes back with this id was excluded by the viewer id's present holder, on
  /// whatever node, and is to be refused for good.
  package func isStopped(_ viewer: Span<UInt8>, streamID: Span<UInt8>) -> Bool {
    guard let number = claims.find(viewer), !streamID.isEmpty,
      claims[number].stopped.span.isEqual(to: streamID)
    else { return false }
    switch claims[number].claimant {
    case .this: return claims[number].localStamp != 0
    case .peer(let serial, let place): return peers.isLive(serial, at: place)
    case .nobody: return false
    case .unknown: return claims[number].stoppedAt >= timeoutAgo
    }
  }

  /// Another node's viewer took an id, or one was asked to leave there.
  mutating func heardExclusion(
    of viewer: Span<UInt8>, stamp: UInt64, from place: UInt32,
    into directives: inout ClusterDirectives
  ) {
    heardTime(stamp / 2)
    guard let number = claims.touch(viewer, at: now) else { return }
    let isOpen = stamp % 2 == 1
    let local = claims[number].localStamp
    if local != 0 {
      guard (local, session) < (stamp, peers[place].session) else {
        // Its node has not heard of the stream here, or it would have stamped later.
        if isOpen { addEvent(.exclusion(stamp: local), viewer, Span()) }
        return
      }
      claims.release(number, at: now)
      claims[number].stopped = []
      directives.append(.exclude(viewer: directives.copy(viewer)))
    }
    guard stamp > claims[number].stamp || local != 0 else { return }
    claims[number].stamp = stamp
    if isOpen {
      forgetStopped(number)
      claims[number].claimant = .peer(serial: peers[place].serial, place: place)
    } else {
      claims[number].stopped = []
      claims[number].claimant = .nobody
    }
  }

  /// Another node ended a stream for the present holder of its viewer id; or its own viewer, that may have
  /// been that holder, left.
  mutating func heardEnd(of viewer: Span<UInt8>, stream: Span<UInt8>, from place: UInt32) {
    if stream.isEqual(to: Self.leftMark.span) {
      guard let number = claims.find(viewer),
        claims[number].claimant == .peer(serial: peers[place].serial, place: place)
      else { return }
      claims[number].stopped = []
      claims[number].claimant = .nobody
      return
    }
    guard let number = claims.touch(viewer, at: now), claims[number].claimant != .nobody else {
      return
    }
    claims[number].stopped = []
    claims[number].stopped.append(stream)
    claims[number].stoppedAt = now
  }

  /// A node is heard that may have missed which ids this one took since an instant: they are to be told again.
  mutating func announce(since instant: Instant) {
    guard claims.heldCount > 0 else { return }
    announcedSince = min(announcedSince ?? instant, instant)
    announcementDue = max(now, nextAnnouncement)
  }

  /// Tells the ids again, if it is time to.
  mutating func announceHeld() {
    guard announcementDue <= now, let instant = announcedSince else { return }
    announcementDue = .never
    announcedSince = nil
    nextAnnouncement = now + Self.answerGap
    var held: ContiguousArray<(ContiguousArray<UInt8>, UInt64)> = []
    claims.visitHeld(since: instant, limit: Self.announcedIDs) { viewer, stamp in
      var copy: ContiguousArray<UInt8> = []
      copy.append(viewer)
      held.append((copy, stamp))
    }
    for (viewer, stamp) in held { addEvent(.exclusion(stamp: stamp), viewer.span, Span()) }
  }

  /// Whether an event still says something to who missed it: the taking of an id only while that is held.
  func isWorthRepeating(_ event: ClusterEvent) -> Bool {
    guard case .exclusion(let stamp) = event.kind, stamp % 2 == 1 else { return true }
    guard let number = claims.find(event.subject.span) else { return false }
    return claims[number].localStamp == stamp
  }

  /// Another node's clock or stamp shows a time, UNIX milliseconds. One that is a day ahead is wrong, and must
  /// not spoil the stamps of all nodes.
  mutating func heardTime(_ milliseconds: UInt64) {
    guard milliseconds <= wall + 86_400_000 else { return }
    latestStampTime = max(latestStampTime, milliseconds)
  }

  private mutating func nextStamp(isOpen: Bool) -> UInt64 {
    latestStampTime = max(latestStampTime + 1, wall)
    return min(latestStampTime, ClusterDatagram.maximumNumber / 4) * 2 + (isOpen ? 1 : 0)
  }

  /// A newer stream has the id, so those whom its predecessor excluded may come; not so the predecessor
  /// itself, which was ended just now.
  private mutating func forgetStopped(_ number: UInt32) {
    if claims[number].stoppedAt < instant(before: Self.heldBefore) { claims[number].stopped = [] }
  }
}
