// A node of the original among the simulated ones, as far as the new ones hear it: every interval it sends all
// its namespaces, also the empty ones, without numbers; it never says goodbye. What it hears is not judged.

/// What an original node counts and sends.
struct OriginalPeer {
  private let session: SessionID
  private(set) var members: [UInt64]
  private(set) var connections: [UInt64]

  init(session: SessionID) {
    self.session = session
    members = Array(repeating: 0, count: NodesPlan.namespaces.count)
    connections = members
  }

  mutating func join(_ namespace: Int) {
    members[bearable(namespace)] += 1
    connections[bearable(namespace)] += 1
  }

  mutating func leave(_ namespace: Int) {
    members[bearable(namespace)] -= 1
  }

  /// Another namespace for the one whose name would kill it.
  private func bearable(_ namespace: Int) -> Int {
    namespace == NodesPlan.lethalNamespace ? 0 : namespace
  }

  /// The datagram of one interval; nil before the first namespace.
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
