// Two nodes with their meters, and a network between them that brings everything at once unless a test has it
// otherwise.

import MeterModel

/// A value, so that a test can go on from one moment in many ways.
struct NodePair {
  /// The node that speaks, and the one that hears.
  private(set) var speaker: MeteredNode
  private(set) var hearer: MeteredNode
  private(set) var now = Instant.start

  /// Whether nothing crosses between them.
  var isCut = false

  /// What the speaker has sent lately is kept if this is set, and else goes to the hearer.
  var isHeld = false
  private(set) var held: [ContiguousArray<UInt8>] = []

  init(interval: Duration, timeout: Duration, secret: String? = nil) {
    var settings = ClusterSettings()
    (settings.notifyInterval, settings.nodeTimeout) = (interval, timeout)
    speaker = MeteredNode(1, settings: settings, secret: secret)
    hearer = MeteredNode(2, settings: settings, secret: secret)
  }

  /// Lets both nodes do all that is due within that time.
  mutating func pass(_ duration: Duration) {
    let end = now + duration
    while let next = [speaker.nextDeadline, hearer.nextDeadline].min(), next <= end {
      now = max(now, next)
      speaker.advance(to: now)
      hearer.advance(to: now)
      carry()
    }
    now = end
    speaker.advance(to: now)
    hearer.advance(to: now)
    carry()
  }

  /// The speaker does something now.
  mutating func speak(_ verb: (inout MeteredNode, Instant) -> Void) {
    speaker.advance(to: now)
    verb(&speaker, now)
    carry()
  }

  /// The hearer does something now.
  mutating func act(_ verb: (inout MeteredNode, Instant) -> Void) {
    hearer.advance(to: now)
    verb(&hearer, now)
    carry()
  }

  /// The hearer hears bytes, whoever sent them.
  mutating func hear(_ bytes: ContiguousArray<UInt8>) {
    act { $0.hear(bytes, at: $1) }
  }

  /// What was held is gone, and the network goes on.
  mutating func release() {
    held = []
    isHeld = false
  }

  private mutating func carry() {
    while !speaker.sent.isEmpty || !hearer.sent.isEmpty {
      let (there, back) = (speaker.takeSent(), hearer.takeSent())
      if isHeld {
        held += there
      } else if !isCut {
        for bytes in there { hearer.hear(bytes, at: now) }
      }
      guard !isCut else { continue }
      for bytes in back { speaker.hear(bytes, at: now) }
    }
  }
}

/// A driven node, and what came to its streams.
struct MeteredNode {
  private(set) var driver: NodeDriver

  /// The messages that came, and the streams that were excluded.
  private(set) var messages: [String] = []
  private(set) var excluded: [UInt32] = []
  private(set) var sent: [ContiguousArray<UInt8>] = []

  init(_ number: UInt64, settings: ClusterSettings, secret: String?) {
    var node = NodeSettings(hashKey: HashKey(1, 2))
    node.configuration.clusterNodeTimeout = settings.nodeTimeout
    node.run = number
    driver = NodeDriver(
      node,
      membership: Membership(
        session: LoneNode.session(number), settings: settings,
        secret: secret.flatMap { ClusterSecret(Array($0.utf8).span) }, wallStart: 1_000_000_000,
        hashKey: HashKey(3, number)))
  }

  var nextDeadline: Instant { driver.node.nextDeadline }

  /// The members of all namespaces together: of all nodes, and of this one.
  var members: UInt64 {
    var members: UInt64 = 0
    _ = driver.node.meter.visitNamespaces(after: 0, limit: .max) { members += $1.members }
    return members
  }
  var ownMembers: UInt64 { driver.node.meter.localMembers }

  /// How many datagrams were dropped.
  var drops: DropCounts { driver.node.membership?.drops ?? DropCounts() }

  mutating func advance(to now: Instant) {
    driver.advance(to: now)
    takeNotice()
  }

  mutating func hear(_ bytes: ContiguousArray<UInt8>, at now: Instant) {
    driver.receive(bytes, at: now)
    takeNotice()
  }

  mutating func open(
    _ stream: UInt32, _ namespace: String, viewer: String = "", at now: Instant
  ) {
    driver.open(stream, Array(namespace.utf8), viewer: Array(viewer.utf8), at: now)
    takeNotice()
  }

  mutating func publish(_ text: String, at now: Instant) {
    driver.publish(Array(text.utf8), to: Array("a".utf8), at: now)
    takeNotice()
  }

  mutating func takeSent() -> [ContiguousArray<UInt8>] {
    defer { sent = [] }
    return sent
  }

  private mutating func takeNotice() {
    for occurrence in driver.takeOccurrences() {
      switch occurrence {
      case .datagram(let bytes): sent.append(bytes)
      case .fedMessage(_, let text): messages.append(String(decoding: text, as: UTF8.self))
      case .ended(let stream, .excluded): excluded.append(stream)
      case .fed, .retired, .greeted, .ended, .refused, .message, .answered: break
      }
    }
  }
}
