// The questions and answers by which a node checks the source address of a datagram.

import MeterModel
import Testing

struct AddressCheckTests {
  private let open = AddressCheck(key: (1, 2), secret: nil)
  private let address = ContiguousArray("127.0.0.1:3140".utf8)

  private func secret(_ text: String) throws -> ClusterSecret {
    let secret = ClusterSecret(text.utf8.span)
    return try #require(secret)
  }

  private func kind(_ datagram: ContiguousArray<UInt8>) -> AddressCheck.Kind? {
    AddressCheck.kind(of: datagram.span)
  }

  /// Whether an answer is accepted by a node from an address, in the period 7.
  private func accepts(
    _ answer: ContiguousArray<UInt8>, _ node: AddressCheck, from address: String = "127.0.0.1:3140",
    in period: UInt64 = 7
  ) -> Bool {
    node.accepts(answer.span, from: address.utf8.span, in: period)
  }

  @Test func `an answer to a question is accepted in its period and in the next one`() {
    let question = open.question(to: address.span, in: 7)
    #expect(question.count == AddressCheck.length)
    #expect(kind(question) == .question)
    let answer = AddressCheck(key: (3, 4), secret: nil).answer(to: question.span)
    #expect(answer.count == AddressCheck.length)
    #expect(kind(answer) == .answer)
    for (period, isRight) in [(UInt64(6), false), (7, true), (8, true), (9, false)] {
      #expect(accepts(answer, open, in: period) == isRight)
    }
    let first = open.answer(to: open.question(to: address.span, in: 0).span)
    #expect(accepts(first, open, in: 0))
  }

  @Test func `an answer for another address, of another node or with a changed byte is wrong`() {
    let answer = open.answer(to: open.question(to: address.span, in: 7).span)
    #expect(!accepts(answer, open, from: "127.0.0.1:3141"))
    let stranger = AddressCheck(key: (1, 3), secret: nil)
    #expect(!accepts(answer, stranger))
    for index in 4..<answer.count {
      var changed = answer
      changed[index] ^= 0x10
      #expect(!accepts(changed, open), "byte \(index)")
    }
  }

  @Test func `under a secret only a node that has it can answer`() throws {
    let asking = AddressCheck(key: (1, 2), secret: try secret("open sesame"))
    let question = asking.question(to: address.span, in: 7)
    for (text, isRight) in [("open sesame", true), ("open barley", false)] {
      let other = AddressCheck(key: (5, 6), secret: try secret(text))
      let answer = other.answer(to: question.span)
      #expect(accepts(answer, asking) == isRight)
    }
    let answer = open.answer(to: question.span)
    #expect(!accepts(answer, asking))
    // A node without a secret does not accept the answer of one with a secret.
    let other = asking.answer(to: open.question(to: address.span, in: 7).span)
    #expect(!accepts(other, open))
  }

  @Test func `datagrams of other lengths and beginnings are neither`() {
    let question = open.question(to: address.span, in: 7)
    #expect(kind(ContiguousArray(question.dropLast())) == nil)
    #expect(kind(question + [0]) == nil)
    for index in 0..<4 {
      var changed = question
      changed[index] ^= 0x20
      #expect(kind(changed) == nil, "byte \(index)")
    }
    #expect(kind([]) == nil)
  }
}
