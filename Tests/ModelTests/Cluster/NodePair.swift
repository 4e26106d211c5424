// Two nodes with their meters, and a network between them that delivers everything at once unless a
// test cuts or holds it.

import MeterModel

/// A pair of nodes. It is a value, so that a test can continue from one moment in many ways.
struct NodePair {
  /// The node whose datagrams are forged, and the one that receives them.
  private(set) var sender: MeteredNode
  private(set) var receiver: MeteredNode
  private(set) var now = Instant.start

  /// Whether the network between them is cut.
  var isCut = false

  /// Whether the datagrams of the sender are held instead of delivered, and those that were held.
  var isHeld = false
  private(set) var held: [ContiguousArray<UInt8>] = []

  init(interval: Duration, timeout: Duration, secret: String? = nil) {
    var settings = ClusterSettings()
    (settings.notifyInterval, settings.nodeTimeout) = (interval, timeout)
    sender = MeteredNode(1, settings: settings, secret: secret)
    receiver = MeteredNode(2, settings: settings, secret: secret)
  }

  /// Lets both nodes perform all that is due within that time.
  mutating func pass(_ duration: Duration) {
    let end = now + duration
    while let next = [sender.nextDeadline, receiver.nextDeadline].min(), next <= end {
      now = max(now, next)
      sender.advance(to: now)
      receiver.advance(to: now)
      carry()
    }
    now = end
    sender.advance(to: now)
    receiver.advance(to: now)
    carry()
  }

  /// Calls a function of the sender now.
  mutating func actAtSender(_ action: (inout MeteredNode, Instant) -> Void) {
    sender.advance(to: now)
    action(&sender, now)
    carry()
  }

  /// Calls a function of the receiver now.
  mutating func actAtReceiver(_ action: (inout MeteredNode, Instant) -> Void) {
    receiver.advance(to: now)
    action(&receiver, now)
    carry()
  }

  /// Delivers bytes of any origin to the receiver.
  mutating func receive(_ bytes: ContiguousArray<UInt8>) {
    actAtReceiver { $0.receive(bytes, at: $1) }
  }

  /// Drops the held datagrams, and delivers again.
  mutating func release() {
    held = []
    isHeld = false
  }

  private mutating func carry() {
    while !sender.sent.isEmpty || !receiver.sent.isEmpty {
      let (there, back) = (sender.takeSent(), receiver.takeSent())
      if isHeld {
        held += there
      } else if !isCut {
        for bytes in there { receiver.receive(bytes, at: now) }
      }
      guard !isCut else { continue }
      for bytes in back { sender.receive(bytes, at: now) }
    }
  }
}

/// A driven node, and the results for its streams.
struct MeteredNode {
  private(set) var driver: NodeDriver

  /// The messages that were delivered, and the streams that were excluded.
  private(set) var messages: [String] = []
  private(set) var excluded: [UInt32] = []
  private(set) var sent: [ContiguousArray<UInt8>] = []

  init(_ number: UInt64, settings: ClusterSettings, secret: String?) {
    var node = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: number, key: HashKey(5, 6)))
    node.configuration.clusterNodeTimeout = settings.nodeTimeout
    node.configuration.viewerIDs = .exclusive
    node.configuration.decrementDelay = .zero
    driver = NodeDriver(
      node,
      membership: Membership(
        session: LoneNode.session(number), settings: settings,
        secret: secret.flatMap { ClusterSecret(Array($0.utf8).span) }, wallStart: 1_000_000_000,
        hashKey: HashKey(3, number)))
  }

  var nextDeadline: Instant { driver.node.nextDeadline }

  /// The sum of the members of all namespaces: of all nodes, and of this one.
  var members: UInt64 {
    var members: UInt64 = 0
    _ = driver.node.meter.visitNamespaces(after: 0, limit: .max) { members += $1.members }
    return members
  }
  var ownMembers: UInt64 { driver.node.meter.localMembers }

  /// The dropped datagrams.
  var drops: DropCounts { driver.node.membership?.drops ?? DropCounts() }

  mutating func advance(to now: Instant) {
    driver.advance(to: now)
    recordOccurrences()
  }

  mutating func receive(_ bytes: ContiguousArray<UInt8>, at now: Instant) {
    driver.receive(bytes, at: now)
    recordOccurrences()
  }

  mutating func open(
    _ stream: UInt32, _ namespace: String, viewer: String = "", at now: Instant
  ) {
    driver.open(stream, Array(namespace.utf8), viewer: Array(viewer.utf8), at: now)
    recordOccurrences()
  }

  mutating func publish(_ text: String, at now: Instant) {
    driver.publish(Array(text.utf8), to: Array("a".utf8), at: now)
    recordOccurrences()
  }

  mutating func takeSent() -> [ContiguousArray<UInt8>] {
    defer { sent = [] }
    return sent
  }

  private mutating func recordOccurrences() {
    for occurrence in driver.takeOccurrences() {
      switch occurrence {
      case .datagram(let bytes): sent.append(bytes)
      case .fedMessage(_, let text): messages.append(String(decoding: text, as: UTF8.self))
      case .ended(let stream, .excluded): excluded.append(stream)
      case .fed, .fedRetained, .retired, .greeted, .sent, .ended, .refused, .message, .answered:
        break
      }
    }
  }
}
