// The keys of retained messages in a datagram (§6).

import MeterModel
import Testing

@Suite struct `Datagrams with retained messages` {
  @Test func `hold texts, stamps and requests`() throws {
    var encoder = DatagramEncoder(session: try Packed.session(), secret: nil)
    encoder.begin(sequence: 1, round: 1, wall: 5)
    let (namespace, service) = (Array("ns".utf8), Array("s".utf8))
    var fits = encoder.append(
      text: Array("1-0".utf8).span, part: 1, of: 3, time: 300, of: service.span,
      in: namespace.span)
    #expect(fits)
    fits = encoder.append(kept: namespace.span, service.span, time: 300, check: 1 << 53 - 1)
    #expect(fits)
    fits = encoder.append(wanted: try Packed.session(), namespace.span, service.span)
    #expect(fits)
    let expected =
      Packed.hex("88 a3736964 da0024") + Array(Packed.sid.utf8)
      + Packed.hex(
        """
        a476616c73 90 a3736571 01 a3726e64 01 a477616c6c 05
        a46b656570 96 a26e73 a173 cd012c 01 03 a3312d30
        a46b657074 94 a26e73 a173 cd012c cf001fffffffffffff
        a477616e74 93 da0024
        """) + Array(Packed.sid.utf8) + Packed.hex("a26e73 a173")
    let bytes = encoder.finished()
    #expect(Packed.hex(bytes) == Packed.hex(expected))
    let datagram = try Packed.decode(expected)
    let text = try #require(datagram.texts.first)
    #expect(text.time == 300 && text.part == 1 && text.parts == 3)
    #expect(Packed.text(text.namespace, of: expected) == "ns")
    #expect(Packed.text(text.service, of: expected) == "s")
    #expect(Packed.text(text.text, of: expected) == "1-0")
    let kept = try #require(datagram.kept.first)
    #expect(kept.time == 300 && kept.check == 1 << 53 - 1)
    #expect(Packed.text(kept.service, of: expected) == "s")
    let wanted = try #require(datagram.wanted.first)
    #expect(wanted.session == (try Packed.session()))
    #expect(Packed.text(wanted.namespace, of: expected) == "ns")
  }

  @Test func `the longest part with the longest names fits into a datagram`() throws {
    var encoder = DatagramEncoder(
      session: try Packed.session(), secret: try Packed.secret("swordfish"))
    let most: UInt64 = 1 << 53 - 1
    encoder.begin(sequence: most, round: most, wall: most, flags: [.full, .goodbye])
    let name = [UInt8](repeating: 0x61, count: 255)
    let text = [UInt8](repeating: 0x62, count: 640)
    let fits = encoder.append(
      text: text.span, part: 63, of: 64, time: most, of: name.span, in: name.span)
    #expect(fits)
  }
}
