// One node of a cluster, and what it orders as lines of text; the others are made up by the test.

import MeterModel

/// A node with its meter, driven by hand. Times are in milliseconds from its start.
struct LoneNode {
  private(set) var node: Membership
  private(set) var meter = Meter(configuration: Configuration())
  private var names = NameTable(key: HashKey(1, 2))
  private var effects = EffectBuffer()
  private var directives = ClusterDirectives()
  private let secret: ClusterSecret?
  private var clock = Instant.start

  /// The node's session; the others' are made of other numbers.
  static let own: UInt64 = 1

  init(settings: ClusterSettings = ClusterSettings(), secret: String? = nil) {
    self.secret = secret.flatMap { ClusterSecret(Array($0.utf8).span) }
    node = Membership(
      session: SessionID(randomBits: 0, Self.own), settings: settings, secret: self.secret,
      wallStart: 1_000_000, hashKey: HashKey(3, 4))
  }

  /// Opens a connection that is counted at once.
  mutating func open(_ connection: UInt32, _ namespace: String, at milliseconds: UInt64) {
    guard let number = names.bind(Array(namespace.utf8).span) else { fatalError("\(namespace)") }
    meter.apply(
      .opened(ConnectionID(connection), NamespaceID(number), viewer: .none, after: .none),
      at: .start + .milliseconds(milliseconds), into: &effects)
  }

  mutating func close(_ connection: UInt32, at milliseconds: UInt64) {
    meter.apply(
      .closed(ConnectionID(connection)), at: .start + .milliseconds(milliseconds), into: &effects)
  }

  /// Lets the node do all that is due by then, each at its time; the answer is what it ordered.
  mutating func advance(to milliseconds: UInt64) -> [String] {
    let end = Instant.start + .milliseconds(milliseconds)
    var lines: [String] = []
    while node.nextDeadline <= end {
      effects.removeAll()
      let due = max(node.nextDeadline, clock)
      meter.advance(to: due, into: &effects)
      for effect in effects.effects {
        guard case .retire(let namespace) = effect.action,
          let name = names.name(of: namespace.number)
        else { continue }
        node.retired(namespace, name: name.span)
        names.unbind(namespace.number)
      }
      node.advance(to: due, meter: meter, names: names, into: &directives)
      lines += taken()
    }
    meter.advance(to: end, into: &effects)
    clock = end
    return lines
  }

  /// What the node orders when a datagram of another node comes.
  mutating func hear(
    from other: UInt64, _ sequence: UInt64, round: UInt64? = nil,
    flags: DatagramEncoder.Flags = [], over carrier: Carrier = .multicast,
    at milliseconds: UInt64, _ content: (inout DatagramEncoder) -> Void = { _ in }
  ) -> [String] {
    var encoder = DatagramEncoder(session: Self.session(other), secret: secret)
    encoder.begin(
      sequence: sequence, round: round ?? sequence, wall: 1_000_000 + milliseconds, flags: flags)
    content(&encoder)
    var bytes: ContiguousArray<UInt8> = []
    encoder.finish(into: &bytes)
    return hear(bytes, over: carrier, at: milliseconds)
  }

  mutating func hear(
    _ bytes: ContiguousArray<UInt8>, over carrier: Carrier = .multicast, at milliseconds: UInt64
  ) -> [String] {
    clock = .start + .milliseconds(milliseconds)
    node.receive(
      bytes.span, from: NodeAddress("192.0.2.7:314"), over: carrier, at: clock, into: &directives)
    return taken()
  }

  /// Drives the node by one of its other verbs; the answer is what it ordered at once.
  mutating func act(
    at milliseconds: UInt64, _ verb: (inout Membership, Instant, inout ClusterDirectives) -> Void
  ) -> [String] {
    clock = .start + .milliseconds(milliseconds)
    verb(&node, clock, &directives)
    return taken()
  }

  static func session(_ number: UInt64) -> SessionID { SessionID(randomBits: 0, number) }

  private mutating func taken() -> [String] {
    let lines = directives.directives.map { line($0) }
    directives.removeAll()
    return lines
  }

  private func text(_ range: ByteRange) -> String {
    String(decoding: directives.bytes[range.bounds], as: UTF8.self)
  }

  private func line(_ directive: ClusterDirective) -> String {
    switch directive {
    case .send(let range): sent(ContiguousArray(directives.bytes[range.bounds]))
    case .peer(let node, let name, let members, let connections):
      "peer \(node.number) \(text(name)) \(members) \(connections)"
    case .bye(let node): "bye \(node.number)"
    case .message(let namespace, let text): "message \(self.text(namespace)) \(self.text(text))"
    case .exclude(let viewer): "exclude \(text(viewer))"
    }
  }

  /// A datagram as `send SEQ/RND flags… name=members/connections…`.
  private func sent(_ bytes: ContiguousArray<UInt8>) -> String {
    guard case .success(let datagram) = ClusterDatagram.decode(bytes.span) else { return "noise" }
    func text(_ range: ByteRange) -> String {
      String(decoding: bytes[range.bounds], as: UTF8.self)
    }
    var words = ["send \(datagram.sequence ?? 0)/\(datagram.round ?? 0)"]
    if datagram.isFull { words.append("full") }
    if datagram.isGoodbye { words.append("bye") }
    if let asked = datagram.asked {
      let known = (0..<10).filter { asked.contains(Self.session($0)) }
      words.append("ask " + (asked.isEmpty ? "all" : known.map { "\($0)" }.joined(separator: ",")))
    }
    for count in datagram.counts {
      words.append("\(text(count.name))=\(count.members)/\(count.connections)")
    }
    for message in datagram.messages {
      words.append(
        "msg#\(message.number) \(message.part)/\(message.parts) \(text(message.namespace))"
          + (message.ago > 0 ? " \(message.ago) ms ago" : ""))
    }
    for exclusion in datagram.exclusions {
      words.append("excl#\(exclusion.number) \(text(exclusion.viewer))")
    }
    for held in datagram.held {
      words.append("held#\(held.number) \(text(held.viewer)) \(text(held.stream))")
    }
    return words.joined(separator: " ")
  }
}

extension DatagramEncoder {
  mutating func tell(_ name: String, _ members: UInt64, _ connections: UInt64) {
    guard append(count: Array(name.utf8).span, members: members, connections: connections) else {
      fatalError("\(name) does not fit")
    }
  }

  mutating func exclude(_ number: UInt64, _ viewer: String, stamp: UInt64) {
    guard append(exclusion: number, viewer: Array(viewer.utf8).span, stamp: stamp) else {
      fatalError("\(viewer) does not fit")
    }
  }

  mutating func tell(
    message number: UInt64, _ namespace: String, _ text: String, part: Int = 0, of parts: Int = 1,
    ago: UInt64 = 0
  ) {
    guard
      append(
        message: number, part: part, of: parts, to: Array(namespace.utf8).span,
        text: Array(text.utf8).span, ago: ago)
    else { fatalError("the message does not fit") }
  }
}
