// How a node makes sure that a datagram's source address is true (§6), before it sends its counts
// to an address that its options do not name. Anyone can write another machine's address as the
// source of a datagram. So the node sends a question to the address; whoever receives there can
// send the answer.
//
//   question = c1 'A' 'M' '?', 16 bytes that only this node can make for this address, 16 zeros
//   answer   = c1 'A' 'M' '!', the same 16 bytes, and 16 bytes of a code under the cluster's secret
//
// A question is not longer than the datagrams that cause one. No MessagePack begins with c1.

/// The questions and answers of one run of a node.
package struct AddressCheck: Sendable {
  /// The length of a question and of an answer, in bytes.
  package static let length = 36

  /// What a datagram is.
  package enum Kind: Equatable, Sendable {
    case question, answer
  }

  private let key: HMAC
  private let secret: ClusterSecret?

  /// Of a key that no other node knows, and the secret of the cluster; nil for none.
  package init(key: (UInt64, UInt64), secret: ClusterSecret?) {
    var bytes: ContiguousArray<UInt8> = []
    bytes.append(word: key.0)
    bytes.append(word: key.1)
    self.key = HMAC(key: bytes.span)
    self.secret = secret
  }

  /// The kind of a datagram; nil for any other datagram.
  package static func kind(of datagram: Span<UInt8>) -> Kind? {
    guard datagram.count == length else { return nil }
    let mark = datagram.extracting(0..<markLength)
    if areEqual(mark, Self.mark(of: .question).span) { return .question }
    return areEqual(mark, Self.mark(of: .answer).span) ? .answer : nil
  }

  /// The question for an address. A `period` is a number that grows with time; an answer counts in
  /// the period of its question and in the next one.
  package func question(to address: Span<UInt8>, in period: UInt64) -> ContiguousArray<UInt8> {
    var bytes = ContiguousArray(Self.mark(of: .question))
    bytes.append(token(for: address, in: period).span)
    for _ in 0..<Self.partLength { bytes.append(0) }
    return bytes
  }

  /// The answer to a question. Precondition: it is one.
  package func answer(to question: Span<UInt8>) -> ContiguousArray<UInt8> {
    let token = question.extracting(Self.markLength..<Self.markLength + Self.partLength)
    var bytes = ContiguousArray(Self.mark(of: .answer))
    bytes.append(token)
    bytes.append(code(of: token).span)
    return bytes
  }

  /// Whether an answer is right for an address. Precondition: it is one.
  package func accepts(
    _ answer: Span<UInt8>, from address: Span<UInt8>, in period: UInt64
  ) -> Bool {
    let token = answer.extracting(Self.markLength..<Self.markLength + Self.partLength)
    let code = answer.extracting((Self.markLength + Self.partLength)...)
    let isRecent = Self.areEqual(token, self.token(for: address, in: period).span)
    let isFormer =
      period > 0 && Self.areEqual(token, self.token(for: address, in: period - 1).span)
    return (isRecent || isFormer) && Self.areEqual(code, self.code(of: token).span)
  }
}

extension AddressCheck {
  private static let markLength = 4
  private static let partLength = 16

  private static func mark(of kind: Kind) -> [UInt8] {
    [0xC1, UInt8(ascii: "A"), UInt8(ascii: "M"), UInt8(ascii: kind == .question ? "?" : "!")]
  }

  private func token(for address: Span<UInt8>, in period: UInt64) -> ContiguousArray<UInt8> {
    var bytes: ContiguousArray<UInt8> = []
    bytes.append(word: period)
    bytes.append(address)
    return Self.firstPart(of: key.code(of: bytes.span))
  }

  /// Zeros without a secret. Datagrams, whose code is under the secret too, do not begin like this.
  private func code(of token: Span<UInt8>) -> ContiguousArray<UInt8> {
    guard let secret else { return ContiguousArray(repeating: 0, count: Self.partLength) }
    var bytes = ContiguousArray("address".utf8)
    bytes.append(token)
    return Self.firstPart(of: secret.code(of: bytes.span))
  }

  private static func firstPart(of digest: SHA256.Digest) -> ContiguousArray<UInt8> {
    var bytes: ContiguousArray<UInt8> = []
    digest.append(into: &bytes)
    bytes.removeLast(bytes.count - partLength)
    return bytes
  }

  /// Takes the same time wherever the first difference is.
  private static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    var difference: UInt8 = 0
    for index in 0..<one.count { difference |= one[index] ^ other[index] }
    return difference == 0
  }
}
