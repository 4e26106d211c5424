// A legacy node among the simulated nodes, as far as they receive its datagrams. In each interval
// it sends all its namespaces, including the empty ones, without numbers; it never sends a goodbye.
// The datagrams that it receives are not checked.

/// The counts of a legacy node, and its datagrams.
struct LegacyPeer {
  private let session: SessionID
  private(set) var members: [UInt64]
  private(set) var connections: [UInt64]

  init(session: SessionID) {
    self.session = session
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

  /// The datagram of one interval; nil before the first viewer.
  func datagram() -> ContiguousArray<UInt8>? {
    guard connections.contains(where: { $0 > 0 }) else { return nil }
    var encoder = DatagramEncoder(session: session, secret: nil)
    encoder.begin()
    for (number, name) in NodesPlan.namespaces.enumerated() where connections[number] > 0 {
      _ = encoder.append(
        count: Array(name.utf8).span, members: members[number], connections: connections[number])
    }
    var bytes: ContiguousArray<UInt8> = []
    encoder.finish(into: &bytes)
    return bytes
  }
}
