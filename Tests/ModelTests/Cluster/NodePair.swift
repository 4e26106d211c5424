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

/// A node whose meter is told what it hears, as in the daemon.
struct MeteredNode {
  private(set) var node: Membership
  private(set) var meter: Meter

  /// The messages that were told here, and the viewer ids that were excluded.
  private(set) var messages: [String] = []
  private(set) var excluded: [String] = []
  private(set) var sent: [ContiguousArray<UInt8>] = []
  private var names = NameTable(key: HashKey(1, 2))
  private var highestNamespace: UInt32 = 0
  private var effects = EffectBuffer()
  private var directives = ClusterDirectives()

  init(_ number: UInt64, settings: ClusterSettings, secret: String?) {
    var configuration = Configuration()
    configuration.clusterNodeTimeout = settings.nodeTimeout
    configuration.incrementDelay = .zero
    meter = Meter(configuration: configuration)
    node = Membership(
      session: LoneNode.session(number), settings: settings,
      secret: secret.flatMap { ClusterSecret(Array($0.utf8).span) }, wallStart: 1_000_000_000,
      hashKey: HashKey(3, number))
  }

  var nextDeadline: Instant { min(node.nextDeadline, meter.nextDeadline ?? .never) }

  /// What is counted in all namespaces together.
  var members: UInt64 {
    (0..<highestNamespace + 1).reduce(0) {
      $0 + (meter.statistics(of: NamespaceID($1))?.members ?? 0)
    }
  }

  mutating func advance(to now: Instant) {
    meter.advance(to: now, into: &effects)
    effects.removeAll()
    node.advance(to: now, meter: meter, names: names, into: &directives)
    obey()
  }

  mutating func hear(_ bytes: ContiguousArray<UInt8>, at now: Instant) {
    meter.advance(to: now, into: &effects)
    node.receive(
      bytes.span, from: NodeAddress("192.0.2.7:314"), over: .multicast, at: now, into: &directives)
    obey()
  }

  mutating func open(_ connection: UInt32, _ namespace: String, at now: Instant) {
    guard let number = names.bind(Array(namespace.utf8).span) else { fatalError("\(namespace)") }
    highestNamespace = max(highestNamespace, number)
    meter.apply(
      .opened(ConnectionID(connection), NamespaceID(number), viewer: .none, after: .none), at: now,
      into: &effects)
  }

  mutating func publish(_ text: String, at now: Instant) {
    node.publish(message: Array(text.utf8).span, to: Array("a".utf8).span, at: now)
  }

  mutating func open(viewer: String, at now: Instant) {
    node.viewerOpened(Array(viewer.utf8).span, at: now)
  }

  /// The stream of the viewer ended here, as another one took its id.
  mutating func end(viewer: String, stream: String, at now: Instant) {
    node.ended(Array(viewer.utf8).span, streamID: Array(stream.utf8).span, at: now)
  }

  mutating func returnCarrier(at now: Instant) {
    node.carrierReturned(at: now)
  }

  mutating func takeSent() -> [ContiguousArray<UInt8>] {
    defer { sent = [] }
    return sent
  }

  private mutating func obey() {
    func copy(_ range: ByteRange) -> ContiguousArray<UInt8> {
      ContiguousArray(directives.bytes[range.bounds])
    }
    for directive in directives.directives {
      switch directive {
      case .send(let range): sent.append(copy(range))
      case .message(_, let text): messages.append(String(decoding: copy(text), as: UTF8.self))
      case .exclude(let viewer): excluded.append(String(decoding: copy(viewer), as: UTF8.self))
      case .bye(let node): meter.apply(.bye(node), at: meter.now, into: &effects)
      case .peer(let node, let name, let members, let connections):
        guard let number = names.bind(copy(name).span) else { continue }
        highestNamespace = max(highestNamespace, number)
        meter.apply(
          .peer(node, NamespaceID(number), members: members, connections: connections),
          at: meter.now, into: &effects)
        if !meter.exists(NamespaceID(number)) { names.unbind(number) }
      }
    }
    directives.removeAll()
    effects.removeAll()
  }
}
