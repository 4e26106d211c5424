// One node of a cluster, with its actions as lines of text. The test makes the datagrams of the
// other nodes.

import MeterModel

/// A node that is driven by hand. Times are in milliseconds from its start.
struct LoneNode {
  private(set) var driver: NodeDriver
  private let secret: ClusterSecret?
  private var clock = Instant.start

  /// The number of the node's session; other nodes have other numbers.
  static let own: UInt64 = 1

  init(
    settings: ClusterSettings = ClusterSettings(), secret: String? = nil,
    cleanDelay: Duration = .seconds(60)
  ) {
    self.secret = secret.flatMap { ClusterSecret(Array($0.utf8).span) }
    var node = NodeSettings(
      hashKey: HashKey(1, 2), signer: StreamSigner(run: 0xAB, key: HashKey(5, 6)))
    node.configuration.namespaceCleanDelay = cleanDelay
    node.configuration.viewerIDs = .exclusive
    node.configuration.decrementDelay = .zero
    node.wallStart = 1_000_000_000_000
    driver = NodeDriver(
      node,
      membership: Membership(
        session: Self.session(Self.own), settings: settings, secret: self.secret,
        wallStart: 1_000_000, hashKey: HashKey(3, 4)))
  }

  var membership: Membership {
    guard let membership = driver.node.membership else { fatalError("a node without a cluster") }
    return membership
  }

  /// Opens a stream. Returns the actions of the node.
  @discardableResult
  mutating func open(
    _ stream: UInt32, _ namespace: String, viewer: String = "", at milliseconds: UInt64
  ) -> [String] {
    act(at: milliseconds) {
      $0.open(stream, Array(namespace.utf8), viewer: Array(viewer.utf8), at: $1)
    }
  }

  @discardableResult
  mutating func close(_ stream: UInt32, at milliseconds: UInt64) -> [String] {
    act(at: milliseconds) { $0.close(stream, at: $1) }
  }

  @discardableResult
  mutating func publish(
    _ text: String, to namespace: String, at milliseconds: UInt64
  ) -> [String] {
    act(at: milliseconds) { $0.publish(Array(text.utf8), to: Array(namespace.utf8), at: $1) }
  }

  /// Reports the count of a source. Returns the actions of the node.
  @discardableResult
  mutating func report(
    _ source: String, _ namespace: String, members: UInt64, at milliseconds: UInt64
  ) -> [String] {
    act(at: milliseconds) {
      $0.report(Array(source.utf8), Array(namespace.utf8), members: members, at: $1)
    }
  }

  /// The id of a stream. Precondition: it is open.
  func id(of stream: UInt32) -> ContiguousArray<UInt8> {
    guard let stream = driver.streams[stream] else { fatalError("stream \(stream) is not open") }
    return stream.id
  }

  /// The name by which nodes know a stream with an id.
  static func name(ofID id: ContiguousArray<UInt8>) -> String {
    let text = String(decoding: id, as: UTF8.self)
    return String(text.prefix(16) + text.dropFirst(24).prefix(8))
  }

  /// The id of a stream of another node by which nodes know it, as its client has it.
  static func id(named name: String) -> ContiguousArray<UInt8> {
    ContiguousArray((name.prefix(16) + "00000007" + name.dropFirst(16) + "0123456789abcdef").utf8)
  }

  /// Whether a client that returned now with this viewer id would be refused for good.
  func refuses(_ viewer: String, lastEventID: ContiguousArray<UInt8>) -> Bool {
    var trial = driver
    return !trial.open(
      900, Array("a".utf8), viewer: Array(viewer.utf8), lastEventID: lastEventID, at: clock)
  }

  /// Lets the node perform all that is due by then, each at its time. Returns its actions.
  mutating func advance(to milliseconds: UInt64) -> [String] {
    let end = Instant.start + .milliseconds(milliseconds)
    var lines: [String] = []
    while driver.node.nextDeadline <= end {
      driver.advance(to: max(driver.node.nextDeadline, clock))
      lines += newLines()
    }
    driver.advanceMeter(to: end)
    clock = end
    return lines + newLines()
  }

  /// Gives the node a datagram of another node. Returns its actions.
  mutating func receive(
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
    return receive(bytes, over: carrier, at: milliseconds)
  }

  mutating func receive(
    _ bytes: ContiguousArray<UInt8>, over carrier: Carrier = .multicast, at milliseconds: UInt64
  ) -> [String] {
    act(at: milliseconds) { $0.receive(bytes, over: carrier, at: $1) }
  }

  /// Calls one function of the driver. Returns the actions of the node.
  @discardableResult
  mutating func act(
    at milliseconds: UInt64, _ action: (inout NodeDriver, Instant) -> Void
  ) -> [String] {
    clock = .start + .milliseconds(milliseconds)
    action(&driver, clock)
    return newLines()
  }

  static func session(_ number: UInt64) -> SessionID { SessionID(randomBits: 0, number) }

  private mutating func newLines() -> [String] {
    driver.takeOccurrences().compactMap { line($0) }
  }

  /// An action that concerns the cluster, as a line; nil for one that concerns clients.
  private func line(_ occurrence: NodeDriver.Occurrence) -> String? {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    switch occurrence {
    case .datagram(let bytes): return sent(bytes)
    case .fed(.peer(let node, let namespace, let members, let connections)):
      let name = text(driver.name(of: namespace))
      return "peer \(node.number) \(name) \(members) \(connections)"
    case .fed(.bye(let node)): return "bye \(node.number)"
    case .fed(.excluded(let viewer)): return "exclude \(text(driver.name(of: viewer)))"
    case .fedMessage(let namespace, let message):
      return "message \(text(namespace)) \(text(message))"
    case .fedRetained(let namespace, let service, let kept):
      return "retain \(text(namespace)) \(text(service)) \(text(kept))"
    case .fed, .retired, .greeted, .sent, .ended, .refused, .message, .answered: return nil
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
    for kept in datagram.texts {
      words.append(
        "keep \(kept.part)/\(kept.parts) \(text(kept.namespace)) \(text(kept.service))")
    }
    for kept in datagram.kept {
      words.append("kept \(text(kept.namespace)) \(text(kept.service))")
    }
    for wanted in datagram.wanted {
      words.append("want \(text(wanted.namespace)) \(text(wanted.service))")
    }
    return words.joined(separator: " ")
  }
}

extension DatagramEncoder {
  mutating func add(_ name: String, _ members: UInt64, _ connections: UInt64) {
    guard append(count: Array(name.utf8).span, members: members, connections: connections) else {
      fatalError("\(name) does not fit")
    }
  }

  mutating func exclude(_ number: UInt64, _ viewer: String, stamp: UInt64) {
    guard append(exclusion: number, viewer: Array(viewer.utf8).span, stamp: stamp) else {
      fatalError("\(viewer) does not fit")
    }
  }

  mutating func add(
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
