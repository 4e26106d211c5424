// A legacy node among the simulated nodes, as far as they receive its datagrams. In each interval
// it sends all its namespaces, including the empty ones, without numbers; it never sends a goodbye.
// Of the datagrams that it receives it keeps the newest counts of each node, and knows no rounds
// and no goodbyes.

/// The counts of a legacy node, its datagrams, and the counts that it received.
struct LegacyPeer {
  private let session: SessionID
  private(set) var members: [UInt64]
  private(set) var connections: [UInt64]

  /// Whether its datagrams have a name and a number that no node accepts.
  private let hasBadCounts: Bool

  /// The members that other nodes reported last, by namespace.
  private var reported: [SessionID: [[UInt8]: UInt64]] = [:]

  init(session: SessionID, hasBadCounts: Bool) {
    self.session = session
    self.hasBadCounts = hasBadCounts
    members = Array(repeating: 0, count: NodesPlan.namespaces.count)
    connections = members
  }

  mutating func join(_ namespace: Int) {
    members[replacement(for: namespace)] += 1
    connections[replacement(for: namespace)] += 1
  }

  mutating func leave(_ namespace: Int) {
    members[replacement(for: namespace)] -= 1
  }

  /// The first namespace instead of the one whose name is unsafe for it.
  private func replacement(for namespace: Int) -> Int {
    namespace == NodesPlan.namespaceUnsafeForLegacy ? 0 : namespace
  }

  mutating func receive(_ bytes: ContiguousArray<UInt8>) {
    guard case .success(let datagram) = ClusterDatagram.decode(bytes.span) else { return }
    for count in datagram.counts {
      reported[datagram.session, default: [:]][Array(bytes[count.name.bounds])] = count.members
    }
  }

  /// The sum of the members that a node reported last. A name that would have ended a legacy node
  /// does not count: whoever has heard this one never sends it again.
  func members(of session: SessionID) -> UInt64 {
    let unsafe = Array(NodesPlan.namespaces[NodesPlan.namespaceUnsafeForLegacy].utf8)
    return (reported[session] ?? [:]).reduce(0) { $0 + ($1.key == unsafe ? 0 : $1.value) }
  }

  /// The datagram of one interval; nil before the first viewer.
  func datagram() -> ContiguousArray<UInt8>? {
    let listed = NodesPlan.namespaces.indices.filter { connections[$0] > 0 }
    guard !listed.isEmpty else { return nil }
    var bytes: ContiguousArray<UInt8> = [0x82]
    bytes.append(key: .session)
    bytes.append(rawHead: SessionID.length)
    session.append(into: &bytes)
    bytes.append(key: .counts)
    bytes.append(arrayHead: 3 * (listed.count + (hasBadCounts ? 2 : 0)))
    if hasBadCounts {
      bytes.append(raw: ContiguousArray(repeating: UInt8(ascii: "n"), count: 300).span)
      bytes.append(contentsOf: [1, 1])
      // −1 members.
      bytes.append(raw: Array("odd".utf8).span)
      bytes.append(contentsOf: [0xFF, 1])
    }
    for number in listed {
      bytes.append(raw: Array(NodesPlan.namespaces[number].utf8).span)
      bytes.append(packed: members[number])
      bytes.append(packed: connections[number])
    }
    return bytes
  }
}
