// Canaries: nodes with one wrong rule each, which the seeds must detect. The node itself is right;
// its inputs and outputs are falsified.

/// A rule of the cluster that a node breaks.
package enum NodeFault: String, CaseIterable, Sendable {
  /// It accepts late counts of an earlier round.
  case believesLateCounts

  /// It delivers a message each time that it arrives.
  case repeatsMessages

  /// It delivers messages that were sent before it started.
  case deliversOldMessages

  /// It does not send counts of zero.
  case forgetsZero

  /// It ignores goodbyes.
  case ignoresGoodbye

  /// It ignores exclusions by other nodes.
  case ignoresExclusions

  /// It treats a node that returns as a new one.
  case renumbersNodes

  /// It requests a full round of another node once, and not again.
  case asksOnce

  /// It drops a datagram of a legacy node for one bad count in it.
  case dropsBadCounts

  /// Its goodbye lists no zeros for legacy nodes.
  case hidesLastZeros
}

/// Falsifies the datagrams that a node sends and receives.
struct Falsifier {
  let fault: NodeFault

  /// For each session: the newest round, the instant when it was last heard, and the number of
  /// times that it returned after a silence.
  private struct Sender {
    var round: UInt64 = 0
    var heardAt = Instant.start
    var returns: UInt64 = 0
  }

  private var senders: [SessionID: Sender] = [:]

  /// The nodes that were asked.
  private var asked: Set<SessionID> = []

  init(_ fault: NodeFault) {
    self.fault = fault
  }

  /// A datagram as the faulty node sends it.
  mutating func sent(
    _ bytes: ContiguousArray<UInt8>, _ secret: ClusterSecret?
  ) -> ContiguousArray<UInt8> {
    switch fault {
    case .forgetsZero: return rewritten(bytes, secret, keepsZero: false)
    case .asksOnce:
      guard case .success(let datagram) = ClusterDatagram.decode(bytes.span) else { return bytes }
      let former = asked
      asked.formUnion(datagram.asked ?? [])
      return rewritten(bytes, secret, asks: { !former.contains($0) })
    case .hidesLastZeros:
      guard case .success(let datagram) = ClusterDatagram.decode(bytes.span),
        datagram.isGoodbye
      else { return bytes }
      return rewritten(bytes, secret, keepsZero: false)
    case .believesLateCounts, .repeatsMessages, .deliversOldMessages, .ignoresGoodbye,
      .ignoresExclusions, .renumbersNodes, .dropsBadCounts:
      return bytes
    }
  }

  /// A datagram as the faulty node receives it.
  mutating func received(
    _ bytes: ContiguousArray<UInt8>, _ secret: ClusterSecret?, at instant: Instant,
    timeout: Duration, in node: inout Node
  ) -> ContiguousArray<UInt8> {
    guard case .success(let datagram) = ClusterDatagram.decode(bytes.span) else { return bytes }
    var sender = senders[datagram.session] ?? Sender()
    if sender.heardAt + timeout < instant { sender.returns += 1 }
    sender.heardAt = instant
    let round = datagram.round ?? 0
    if fault == .believesLateCounts, round < sender.round,
      let membership = node.membership, let place = membership.peers.place(of: datagram.session)
    {
      let id = membership.peers[place].id
      for count in datagram.counts {
        let name = node.clusterDirectives.copy(bytes.span.extracting(count.name.bounds))
        node.clusterDirectives.append(
          .peer(id, name: name, members: count.members, connections: count.connections))
      }
    }
    if fault == .repeatsMessages {
      for message in datagram.messages where message.parts == 1 {
        let namespace = node.clusterDirectives.copy(
          bytes.span.extracting(message.namespace.bounds))
        let text = node.clusterDirectives.copy(bytes.span.extracting(message.text.bounds))
        node.clusterDirectives.append(.message(namespace: namespace, text: text))
      }
    }
    sender.round = max(sender.round, round)
    senders[datagram.session] = sender
    switch fault {
    case .ignoresGoodbye: return rewritten(bytes, secret, keepsGoodbye: false)
    case .ignoresExclusions: return rewritten(bytes, secret, keepsExclusions: false)
    case .deliversOldMessages: return rewritten(bytes, secret, keepsAges: false)
    case .renumbersNodes:
      return sender.returns == 0
        ? bytes
        : rewritten(
          bytes, secret, as: SessionID(randomBits: Self.bits(of: datagram.session), sender.returns))
    case .dropsBadCounts: return datagram.skipped.isEmpty ? bytes : []
    case .believesLateCounts, .repeatsMessages, .forgetsZero, .asksOnce, .hidesLastZeros:
      return bytes
    }
  }

  private static func bits(of session: SessionID) -> UInt64 {
    var digest = Digest()
    for byte in session.text.utf8 { digest.combine(UInt64(byte)) }
    return digest.value
  }

  private func rewritten(
    _ bytes: ContiguousArray<UInt8>, _ secret: ClusterSecret?, as session: SessionID? = nil,
    keepsZero: Bool = true, keepsGoodbye: Bool = true, keepsExclusions: Bool = true,
    keepsAges: Bool = true, asks: (SessionID) -> Bool = { _ in true }
  ) -> ContiguousArray<UInt8> {
    guard case .success(let datagram) = ClusterDatagram.decode(bytes.span),
      let sequence = datagram.sequence, let round = datagram.round, let wall = datagram.wall
    else { return bytes }
    var flags = DatagramEncoder.Flags()
    if datagram.isFull { flags.insert(.full) }
    if datagram.isGoodbye, keepsGoodbye { flags.insert(.goodbye) }
    if let asked = datagram.asked, asked.isEmpty { flags.insert(.asksEverybody) }
    var encoder = DatagramEncoder(session: session ?? datagram.session, secret: secret)
    encoder.begin(sequence: sequence, round: round, wall: wall, flags: flags)
    for count in datagram.counts where keepsZero || count.members > 0 {
      _ = encoder.append(
        count: bytes.span.extracting(count.name.bounds), members: count.members,
        connections: count.connections)
    }
    for session in datagram.asked ?? [] where asks(session) {
      _ = encoder.append(asked: session)
    }
    for message in datagram.messages {
      _ = encoder.append(
        message: message.number, part: message.part, of: message.parts,
        to: bytes.span.extracting(message.namespace.bounds),
        text: bytes.span.extracting(message.text.bounds), ago: keepsAges ? message.ago : 0)
    }
    for exclusion in datagram.exclusions where keepsExclusions {
      _ = encoder.append(
        exclusion: exclusion.number, viewer: bytes.span.extracting(exclusion.viewer.bounds),
        stamp: exclusion.stamp)
    }
    for held in datagram.held {
      _ = encoder.append(
        held: held.number, viewer: bytes.span.extracting(held.viewer.bounds),
        stream: bytes.span.extracting(held.stream.bounds))
    }
    var output: ContiguousArray<UInt8> = []
    encoder.finish(into: &output)
    return output
  }
}
