// The bytes of datagrams, as legacy nodes send and read them (measured), and the new keys.

import MeterModel
import Testing

@Suite struct `A datagram's bytes` {
  @Test func `without new keys are those of a legacy node`() throws {
    var encoder = DatagramEncoder(session: try Packed.session(), secret: nil)
    try encoder.count("ns", 3, 3)
    let expected =
      Packed.hex("82 a3736964 da0024") + Array(Packed.sid.utf8)
      + Packed.hex("a476616c73 93 a26e73 03 03")
    let bytes = encoder.finished()
    #expect(bytes == expected)
  }

  @Test func `without a namespace have an empty array of counts`() throws {
    var encoder = DatagramEncoder(session: try Packed.session(), secret: nil)
    let bytes = encoder.finished()
    #expect(
      bytes == Packed.hex("82 a3736964 da0024") + Array(Packed.sid.utf8)
        + Packed.hex("a476616c73 90"))
    #expect(bytes.count == 50)
  }

  @Test func `hold the new keys after those of a legacy node`() throws {
    var encoder = DatagramEncoder(session: try Packed.session(), secret: nil)
    encoder.begin(
      sequence: 300, round: 299, wall: 1_764_000_000_123,
      flags: [.full, .goodbye, .asksEverybody])
    try encoder.message(7, 0, of: 2, "ns", "a=b")
    try encoder.exclusion(8, "v1", stamp: 1 << 53 - 1)
    try encoder.held(9, "v1", "s")
    let expected =
      Packed.hex("8b a3736964 da0024") + Array(Packed.sid.utf8)
      + Packed.hex(
        """
        a476616c73 90 a3736571 cd012c a3726e64 cd012b a477616c6c cf0000019ab697e87b
        a361736b 90 a3627965 c3 a466756c6c c3 a46d736773 95 07 00 02 a26e73 a3613d62
        a46578636c 93 08 a27631 cf001fffffffffffff a468656c64 93 09 a27631 a173
        """)
    let bytes = encoder.finished()
    #expect(Packed.hex(bytes) == Packed.hex(expected))

    let datagram = try Packed.decode(expected)
    #expect(datagram.session.text == Packed.sid)
    #expect(datagram.sequence == 300 && datagram.round == 299)
    #expect(datagram.wall == 1_764_000_000_123)
    #expect(datagram.isFull && datagram.isGoodbye && datagram.asked == [])
    #expect(datagram.asks(try Packed.session()))
    let message = try #require(datagram.messages.first)
    #expect(message.number == 7 && message.part == 0 && message.parts == 2)
    #expect(Packed.text(message.namespace, of: expected) == "ns")
    #expect(Packed.text(message.text, of: expected) == "a=b")
    let exclusion = try #require(datagram.exclusions.first)
    #expect(exclusion.number == 8 && exclusion.stamp == ClusterDatagram.latestStamp)
    #expect(Packed.text(exclusion.viewer, of: expected) == "v1")
    let held = try #require(datagram.held.first)
    #expect(held.number == 9 && Packed.text(held.viewer, of: expected) == "v1")
    #expect(Packed.text(held.stream, of: expected) == "s")
    #expect(datagram.macStart == nil && datagram.counts.isEmpty)
  }

  @Test func `hold the ages of their messages in a list of its own`() throws {
    let head =
      Packed.hex("84 a3736964 da0024") + Array(Packed.sid.utf8) + Packed.hex("a476616c73 90")
    let messages = Packed.hex("a46d736773 9a 07 00 01 a26e73 a161 08 00 01 a26e73 a162")
    let ages = Packed.hex("a361676f 92 cd01f4 03")
    // The order of keys is free.
    for body in [messages + ages, ages + messages] {
      let datagram = try Packed.decode([0x84] + head.dropFirst() + body)
      #expect(datagram.messages.map(\.ago) == [500, 3])
    }
    for ages in ["a361676f 91 03", "a361676f 93 01 01 01", "a361676f 92 01 ff", "a361676f 01"] {
      let bytes = [0x84] + head.dropFirst() + messages + Packed.hex(ages)
      #expect(Packed.fault(bytes) == .badKey, "\(ages)")
    }
  }

  @Test func `end under a secret with a code over all bytes before it`() throws {
    let secret = try Packed.secret("swordfish\n")
    var encoder = DatagramEncoder(session: try Packed.session(), secret: secret)
    encoder.begin(sequence: 1, round: 1, wall: 0)
    try encoder.count("ns", 3, 3)
    let bytes = encoder.finished()
    let start = try #require(try Packed.decode(bytes).macStart)
    #expect(start == bytes.count - 32)
    #expect(Packed.hex(bytes[(start - 7)..<start]) == "a36d6163da0020")
    #expect(secret.authenticates(bytes, macStart: start))
    let other = try Packed.secret("swordfish2")
    #expect(!other.authenticates(bytes, macStart: start))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(!secret.authenticates(changed, macStart: start), "byte \(index)")
    }
  }
}
