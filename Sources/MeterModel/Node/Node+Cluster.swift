// The node in a cluster. The membership decides which datagrams are accepted and which datagrams
// are sent. Its directives become events of the meter, so that a captured log contains all that
// other nodes changed. Local changes are reported to the membership.

extension Node {
  /// Processes a datagram of any content. Without a cluster nothing happens.
  package mutating func receive(
    _ datagram: Span<UInt8>, from source: NodeAddress, over carrier: Carrier, at instant: Instant
  ) {
    advanceMeter(to: instant)
    membership?.receive(
      datagram, from: source, over: carrier, at: instant, into: &clusterDirectives)
    performClusterDirectives()
  }

  /// Records that a carrier works again after a failure.
  package mutating func carrierReturned(at instant: Instant) {
    advanceMeter(to: instant)
    membership?.carrierReturned(at: instant)
  }

  /// Records that the wall clock shows `milliseconds` (UNIX) at `instant`; it may have been set.
  package mutating func setWall(_ milliseconds: UInt64, at instant: Instant) {
    membership?.setWall(milliseconds, at: instant)
  }
}

// MARK: - What the membership directs

extension Node {
  mutating func performClusterDirectives() {
    guard !clusterDirectives.directives.isEmpty else { return }
    // Events of the meter that are fed here produce no further cluster directives before the next
    // advance.
    var pending = ClusterDirectives()
    swap(&pending, &clusterDirectives)
    for directive in pending.directives {
      // The directive before may have left a namespace that retires at this very instant.
      advanceMeter(to: meter.now)
      perform(directive, of: pending)
    }
    advanceMeter(to: meter.now)
    pending.removeAll()
    swap(&pending, &clusterDirectives)
  }

  private mutating func perform(
    _ directive: ClusterDirective, of list: borrowing ClusterDirectives
  ) {
    let bytes = list.bytes.span
    switch directive {
    case .send(let datagram): outputs.datagrams.append(bytes.extracting(datagram.bounds))
    case .peer(let node, let name, let members, let connections):
      feedPeer(
        node, bytes.extracting(name.bounds), members: members, connections: connections)
    case .bye(let node): feed(.bye(node))
    case .message(let namespace, let text):
      deliverRemote(bytes.extracting(text.bounds), to: bytes.extracting(namespace.bounds))
    case .retain(let note): keepRemote(list.notes[note], of: bytes)
    case .kept(let note): want(list.notes[note], of: bytes)
    case .tell(let note): tell(list.notes[note], of: bytes)
    case .exclude(let viewer): excludeLocalHolder(of: bytes.extracting(viewer.bounds))
    }
  }

  private mutating func feedPeer(
    _ node: NodeID, _ name: Span<UInt8>, members: UInt64, connections: UInt64
  ) {
    // A count of 0 creates no namespace (§2 rule 10).
    guard members > 0 || namespaces.find(name) != nil else { return }
    let namespace = bind(namespace: name)
    figures.remoteCounts += 1
    feed(.peer(node, namespace, members: members, connections: connections))
    unbindIfUnknown(namespace)
  }
}

// MARK: - What is reported to the membership

extension Node {
  /// Whether a client that returns had a stream that was ended by a viewer of another node with the
  /// same id (§2 rule 8).
  func isStoppedElsewhere(_ viewer: Span<UInt8>, after: StreamIdentifier?) -> Bool {
    guard hasExclusiveViewers, let membership, !viewer.isEmpty, let after,
      after.run != signer.run || signer.isGenuine(after)
    else { return false }
    let isHeldHere = viewers.find(viewer).map { meter.isHeld(ViewerID($0)) } ?? false
    return membership.isStopped(viewer, after: StoppedStream(after), isHeldHere: isHeldHere)
  }

  /// Whether one viewer id holds at most one stream. Only then the other nodes are sent viewer ids.
  private var hasExclusiveViewers: Bool { meter.configuration.viewerIDs == .exclusive }

  /// Reports that a stream with a viewer id has opened here.
  mutating func viewerOpened(_ viewer: Span<UInt8>) {
    guard hasExclusiveViewers else { return }
    membership?.viewerOpened(viewer, at: meter.now)
  }

  /// Reports that the viewer with a viewer id is gone here. Precondition: the id is still bound.
  mutating func viewerLeft(_ viewer: ViewerID) {
    guard hasExclusiveViewers, membership != nil, let name = viewers.name(of: viewer.number) else {
      return
    }
    membership?.viewerLeft(name.span, at: meter.now)
  }

  /// Reports that a stream was ended because its viewer id has another holder.
  mutating func streamExcluded(_ connection: ConnectionID) {
    guard membership != nil, let viewer = viewers.name(of: excluding.number)
    else { return }
    let stream = StoppedStream(run: signer.run, ordinal: meter.ordinal(of: connection))
    membership?.ended(viewer.span, stream, at: meter.now)
  }

  /// Reports that the meter retired a namespace. Precondition: its id is still bound.
  mutating func namespaceRetired(_ namespace: NamespaceID) {
    guard membership != nil, let name = namespaces.name(of: namespace.number) else { return }
    membership?.retired(namespace, name: name.span)
  }
}
