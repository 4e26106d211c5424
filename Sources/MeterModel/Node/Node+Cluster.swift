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
      perform(directive, of: pending.bytes.span)
    }
    advanceMeter(to: meter.now)
    pending.removeAll()
    swap(&pending, &clusterDirectives)
  }

  private mutating func perform(_ directive: ClusterDirective, of bytes: Span<UInt8>) {
    switch directive {
    case .send(let datagram): outputs.datagrams.append(bytes.extracting(datagram.bounds))
    case .peer(let node, let name, let members, let connections):
      feedPeer(
        node, bytes.extracting(name.bounds), members: members, connections: connections)
    case .bye(let node): feed(.bye(node))
    case .message(let namespace, let text):
      deliverRemote(bytes.extracting(text.bounds), to: bytes.extracting(namespace.bounds))
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
  func isStoppedElsewhere(_ viewer: Span<UInt8>, _ lastEventID: Span<UInt8>) -> Bool {
    guard let membership, !viewer.isEmpty, !lastEventID.isEmpty else { return false }
    return membership.isStopped(viewer, streamID: lastEventID)
  }

  /// Reports that no stream here has the viewer id any more. Precondition: it is still bound.
  mutating func viewerLeft(_ viewer: ViewerID) {
    guard membership != nil, let name = viewers.name(of: viewer.number) else { return }
    membership?.viewerLeft(name.span, at: meter.now)
  }

  /// Reports that a stream was ended because its viewer id has another holder. A stream that the
  /// same client has replaced by a new one is not reported, since no client is to be stopped.
  mutating func streamExcluded(_ connection: ConnectionID) {
    guard membership != nil, replaced == .none || meter.ordinal(of: connection) != replaced,
      let viewer = viewers.name(of: meter.viewer(of: connection).number)
    else { return }
    let streamID = StreamIdentifier.make(meter.ordinal(of: connection), run: run)
    membership?.ended(viewer.span, streamID: streamID.span, at: meter.now)
  }

  /// Reports that the meter retired a namespace. Precondition: its id is still bound.
  mutating func namespaceRetired(_ namespace: NamespaceID) {
    guard membership != nil, let name = namespaces.name(of: namespace.number) else { return }
    membership?.retired(namespace, name: name.span)
  }
}
