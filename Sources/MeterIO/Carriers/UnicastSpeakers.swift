// The nodes that are heard over unicast from addresses that the options do not name (§6): a name of
// a peer has a new address that is not resolved yet, or the node is not among the peers at all.
// They are sent every datagram too, once they have answered a question (`AddressCheck`), and until
// they have answered none for a node timeout.

import MeterModel

/// The addresses of such nodes.
struct UnicastSpeakers {
  private struct Speaker {
    let address: SocketAddress

    /// The time of the last answer, and of the last question.
    var answeredAt: Instant
    var askedAt: Instant
  }

  private var speakers: ContiguousArray<Speaker> = []
  private let check: AddressCheck
  private let nodeTimeout: Duration

  /// The questions to addresses that are not known. A question is as long as the shortest datagram
  /// that causes one, so no more bytes leave than arrived.
  private var budget: QuestionBudget

  /// The number of addresses that are sent datagrams.
  private static let maximumSpeakers = 64

  /// The shortest time between two questions to a known address.
  private static let questionInterval = Duration.milliseconds(100)

  init(_ check: AddressCheck, budget: QuestionBudget, nodeTimeout: Duration) {
    self.check = check
    self.budget = budget
    self.nodeTimeout = nodeTimeout
  }

  /// The addresses that are sent datagrams.
  var addresses: some Sequence<SocketAddress> { speakers.lazy.map(\.address) }

  /// Whether there is none.
  var isEmpty: Bool { speakers.isEmpty }

  /// Whether an address is sent datagrams.
  func contains(_ address: SocketAddress) -> Bool {
    speakers.contains { $0.address == address }
  }

  /// The question for the source of a datagram of `length` bytes; nil if none is due.
  mutating func question(
    to source: SocketAddress, length: Int, at now: Instant
  ) -> ContiguousArray<UInt8>? {
    guard length >= AddressCheck.length else { return nil }
    if let index = speakers.firstIndex(where: { $0.address == source }) {
      // An answer holds for a node timeout. There is time for several further questions.
      guard speakers[index].answeredAt + Duration(nanoseconds: nodeTimeout.nanoseconds / 4) <= now,
        speakers[index].askedAt + Self.questionInterval <= now
      else { return nil }
      speakers[index].askedAt = now
    } else {
      forgetSilent(at: now)
      guard speakers.count < Self.maximumSpeakers,
        source.withNetworkBytes({ budget.take(for: $0, at: now) })
      else { return nil }
    }
    return check.question(to: Self.text(of: source).span, in: period(at: now))
  }

  /// Takes an answer. Returns whether the address is a new one.
  mutating func take(_ answer: Span<UInt8>, from source: SocketAddress, at now: Instant) -> Bool {
    guard check.accepts(answer, from: Self.text(of: source).span, in: period(at: now)) else {
      return false
    }
    if let index = speakers.firstIndex(where: { $0.address == source }) {
      speakers[index].answeredAt = now
      return false
    }
    guard speakers.count < Self.maximumSpeakers else { return false }
    speakers.append(Speaker(address: source, answeredAt: now, askedAt: now))
    return true
  }

  /// The answer to another node's question.
  func answer(to question: Span<UInt8>) -> ContiguousArray<UInt8> { check.answer(to: question) }

  /// Forgets the addresses whose last answer is older than the node timeout.
  mutating func forgetSilent(at now: Instant) {
    speakers.removeAll { $0.answeredAt + nodeTimeout <= now }
  }

  /// Forgets addresses that a name stands for.
  mutating func remove(_ addresses: [SocketAddress]) {
    speakers.removeAll { addresses.contains($0.address) }
  }

  private func period(at now: Instant) -> UInt64 {
    now.nanoseconds / max(1, nodeTimeout.nanoseconds)
  }

  private static func text(of address: SocketAddress) -> ContiguousArray<UInt8> {
    ContiguousArray(address.description.utf8)
  }
}
