// No datagram is longer than its limit, and every one can be as long as it.

import MeterModel
import Testing

@Suite struct `An encoder of datagrams` {
  private static let secrets: [String?] = [nil, "swordfish"]

  private func encoder(_ secret: String? = nil, limit: Int = 1400) throws -> DatagramEncoder {
    DatagramEncoder(
      session: try Packed.session(), limit: limit, secret: try secret.map { try Packed.secret($0) })
  }

  /// The state of the encoder after everything that needs room was begun.
  private func begun(_ secret: String?) throws -> DatagramEncoder {
    var encoder = try encoder(secret)
    encoder.begin(sequence: 1 << 53 - 1, round: 1 << 53 - 1, wall: 1 << 53 - 1)
    for number in 0..<30 { try encoder.count("namespace-\(number)", 200, 70_000) }
    return encoder
  }

  /// Items whose length depends on the length of a text.
  enum Filler: CaseIterable {
    case count, message, exclusion, held, text, kept, wanted

    /// The number of texts in an item, which are all the same.
    var texts: Int {
      switch self {
      case .count, .exclusion: 1
      case .message, .held, .kept, .wanted: 2
      case .text: 3
      }
    }

    /// Appends the item. Returns whether it fits.
    func append(_ text: [UInt8], to encoder: inout DatagramEncoder) -> Bool {
      switch self {
      case .count: encoder.append(count: text.span, members: 0, connections: 300)
      case .message:
        encoder.append(message: 1, part: 0, of: 1, to: text.span, text: text.span)
      case .exclusion: encoder.append(exclusion: 1, viewer: text.span, stamp: 70_000)
      case .held: encoder.append(held: 1, viewer: text.span, stream: text.span)
      case .text:
        encoder.append(
          text: text.span, part: 0, of: 1, time: 70_000, of: text.span, in: text.span)
      case .kept: encoder.append(kept: text.span, text.span, time: 70_000, check: 1 << 53 - 1)
      case .wanted:
        encoder.append(wanted: SessionID(randomBits: 1, 2), text.span, text.span)
      }
    }
  }

  @Test(arguments: secrets, Filler.allCases)
  func `fills a datagram up to 1,400 bytes and not with one more`(
    secret: String?, filler: Filler
  ) throws {
    var lengths: Set<Int> = []
    // Each length of the first text leads to another end of the datagram.
    for first in 1...128 {
      var encoder = try begun(secret)
      var text = [UInt8](repeating: 0x61, count: first)
      var fitted = filler.append(text, to: &encoder)
      #expect(fitted)
      text = [UInt8](repeating: 0x62, count: 100)
      while fitted { fitted = filler.append(text, to: &encoder) }
      let before = encoder.length
      #expect(before <= 1400)
      // Rejected items leave no trace, and shorter ones may still fit.
      while text.count > 1, !filler.append(text, to: &encoder) { text.removeLast() }
      let bytes = encoder.finished()
      #expect(bytes.count == encoder.length && bytes.count <= 1400)
      lengths.insert(bytes.count)
      _ = try Packed.decode(bytes)
    }
    let step = filler.texts
    #expect(lengths.contains { $0 > 1400 - step }, "\(lengths)")
  }

  @Test(arguments: secrets) func `accepts a name that fills it and not a longer one`(
    secret: String?
  ) throws {
    var rest = try begun(secret)
    for number in 0... {
      guard rest.length < 1400 - 250 else { break }
      try rest.count("filler-\(number)", 1, 1)
    }
    // The remaining bytes, without the head of the name and two numbers of a byte.
    let room = 1400 - rest.length - 3 - 2
    for (length, fits) in [(room - 1, true), (room, true), (room + 1, false)] {
      var encoder = rest
      let name = [UInt8](repeating: 0x63, count: length)
      let fitted = encoder.append(count: name.span, members: 1, connections: 1)
      #expect(fitted == fits, "\(length) bytes of \(room)")
      #expect(encoder.finished().count == (fits ? rest.length + 5 + length : rest.length))
    }
    #expect(room > 32 && room <= 254)
  }

  @Test func `has room for the longest part of a message in any datagram`() throws {
    var encoder = try encoder("swordfish")
    encoder.begin(
      sequence: 1 << 53 - 1, round: 1 << 53 - 1, wall: 1 << 53 - 1,
      flags: [.full, .goodbye, .asksEverybody])
    let namespace = String(repeating: "n", count: 255)
    try encoder.message(
      1 << 53 - 1, 62, of: 64, namespace,
      String(repeating: "t", count: DatagramEncoder.partLength), ago: 1 << 53 - 1)
    #expect(encoder.length <= 1400)
    #expect(encoder.finished().count == encoder.length)
  }

  @Test func `writes the age of messages if the first, the oldest, is not new`() throws {
    for (ages, told) in [
      ([20, 0], [0, 0]), ([21, 20, 0], [21, 20, 0]), ([70_000, 70_000], [70_000, 70_000]),
    ] as [([UInt64], [UInt64])] {
      var encoder = try encoder("swordfish")
      encoder.begin(sequence: 5, round: 4, wall: 3)
      for (place, age) in ages.enumerated() {
        try encoder.message(UInt64(place) + 1, 0, of: 1, "a", "text", ago: age)
      }
      let bytes = encoder.finished()
      #expect(bytes.count == encoder.length)
      #expect(try Packed.decode(bytes).messages.map(\.ago) == told)
    }
  }

  @Test func `rejects a message of which only the age does not fit`() throws {
    var refused = 0
    for length in 300..<340 {
      var encoder = DatagramEncoder(session: try Packed.session(), limit: 512, secret: nil)
      encoder.begin(sequence: 1, round: 1, wall: 1)
      let text = [UInt8](repeating: 0x61, count: length)
      let name = Array("ns".utf8)
      let former = encoder.length
      let fitsOld = encoder.append(
        message: 1, part: 0, of: 1, to: name.span, text: text.span, ago: 1 << 40)
      if !fitsOld {
        refused += 1
        #expect(encoder.length == former && encoder.isEmpty)
      }
      #expect(encoder.finished().count <= 512)
    }
    #expect(refused < 40)
  }

  @Test func `writes numbers beyond 2⁵³ − 1 as 2⁵³ − 1`() throws {
    var encoder = try encoder()
    try encoder.count("a", 1 << 53, .max)
    let bytes = encoder.finished()
    let counts = try Packed.decode(bytes).counts
    #expect(counts.map { $0.members } == [1 << 53 - 1])
    #expect(counts.map { $0.connections } == [1 << 53 - 1])
  }

  @Test func `begins a datagram without a trace of the one before`() throws {
    var encoder = try encoder("swordfish")
    encoder.begin(sequence: 5, round: 4, wall: 3, flags: [.full, .goodbye])
    try encoder.count("a", 1, 2)
    try encoder.message(1, 0, of: 1, "a", "text")
    try encoder.exclusion(2, "viewer", stamp: 3)
    try encoder.held(3, "viewer", "stream")
    let asked = encoder.append(asked: try Packed.session())
    #expect(asked && !encoder.isEmpty)
    _ = encoder.finished()
    encoder.begin(sequence: 6, round: 6, wall: 4)
    #expect(encoder.isEmpty)
    var fresh = try self.encoder("swordfish")
    fresh.begin(sequence: 6, round: 6, wall: 4)
    #expect(encoder.length == fresh.length)
    #expect(encoder.finished() == fresh.finished())
  }

  @Test func `writes the sessions that are asked by their ids`() throws {
    var encoder = try encoder()
    encoder.begin(sequence: 1, round: 1, wall: 0)
    let ids = (0..<20).map { "\($0 + 10)" + Packed.sid.dropFirst(2) }
    for id in ids {
      let fits = encoder.append(asked: try Packed.session(id))
      #expect(fits)
    }
    let bytes = encoder.finished()
    #expect(try Packed.decode(bytes).asked?.map { $0.text } == ids)
  }

  @Test(arguments: [(14, "9e"), (15, "9f"), (16, "dc0010"), (255, "dc00ff"), (256, "dc0100")])
  func `writes the shortest head of an array`(elements: Int, head: String) throws {
    guard elements % 3 == 0 else {
      var encoder = try encoder(limit: 20_000)
      for number in 0..<elements {
        let fits = encoder.append(asked: try Packed.session())
        #expect(fits, "\(number)")
      }
      #expect(Packed.hex(encoder.finished()).contains("a361736b" + head + "da0024"))
      return
    }
    var encoder = try encoder(limit: 20_000)
    for _ in 0..<elements / 3 { try encoder.count("a", 1, 1) }
    #expect(Packed.hex(encoder.finished()).contains("a476616c73" + head + "a161"))
  }

  static let forms: [(UInt64, String)] = [
    (0, "00"), (127, "7f"), (128, "cc80"), (255, "ccff"), (256, "cd0100"), (65_535, "cdffff"),
    (65_536, "ce00010000"), (0xFFFF_FFFF, "ceffffffff"), (0x1_0000_0000, "cf0000000100000000"),
    (0x1F_FFFF_FFFF_FFFF, "cf001fffffffffffff"),
  ]

  @Test(arguments: forms)
  func `writes the shortest form of a number`(number: UInt64, form: String) throws {
    var encoder = try encoder()
    try encoder.count("a", number, number)
    #expect(Packed.hex(encoder.finished()).hasSuffix("93a161" + form + form))
  }

  @Test(arguments: [(1, "a1"), (31, "bf"), (32, "da0020"), (255, "da00ff")])
  func `writes the shortest head of a text, never str8`(length: Int, head: String) throws {
    var encoder = try encoder()
    try encoder.count(String(repeating: "a", count: length), 1, 1)
    #expect(Packed.hex(encoder.finished()).contains("93" + head + "61"))
  }
}
