// How many questions (`AddressCheck`) a node sends to addresses that it does not know (§6). A flood
// of datagrams from one host must not use up the questions for all others.

/// The number of questions that were sent to unknown addresses in the present second.
package struct QuestionBudget: Sendable {
  /// The maximum number of questions in a second.
  package static let maximum = 256

  /// The maximum number of questions to the hosts of one share in a second.
  package static let maximumOfShare = 8

  private let key: HashKey
  private var begunAt = Instant.start
  private var count = 0

  /// The questions of each share. A host has the share that the keyed hash of its address says, so
  /// that nobody can choose the share of another host.
  private var shares = ContiguousArray<UInt8>(repeating: 0, count: 256)

  /// An unused budget; the key is a random one.
  package init(key: HashKey) {
    self.key = key
  }

  /// Takes a question to a host from the budget; false if there is none left. Precondition:
  /// `instant` is not before the last one. O(1), and O(shares) once a second.
  package mutating func take(for host: Span<UInt8>, at instant: Instant) -> Bool {
    if begunAt + .seconds(1) <= instant {
      (begunAt, count) = (instant, 0)
      for share in shares.indices { shares[share] = 0 }
    }
    let share = Int(key.hash(host) % UInt64(shares.count))
    guard count < Self.maximum, shares[share] < Self.maximumOfShare else { return false }
    shares[share] += 1
    count += 1
    return true
  }
}
