// Datagrams that legacy nodes also read although they do not write them so, and all limits.

import MeterModel
import Testing

@Suite struct `A datagram is read` {
  /// Members and connections of the only namespace.
  private func numbers(_ bytes: [UInt8]) throws -> [UInt64] {
    let counts = try Packed.decode(bytes).counts
    #expect(counts.count == 1)
    return counts.flatMap { [$0.members, $0.connections] }
  }

  @Test(arguments: [
    "05", "cc05", "cd0005", "ce00000005", "cf0000000000000005", "d005", "d10005", "d200000005",
    "d30000000000000005",
  ])
  func `with numbers of any width`(number: String) throws {
    let bytes = Packed.datagram(vals: Packed.hex("93 a161" + number + number))
    #expect(try numbers(bytes) == [5, 5])
  }

  @Test func `with texts, arrays and maps of any width`() throws {
    let sid = Array(Packed.sid.utf8)
    let bytes =
      Packed.hex("df00000003 da0003736964 db00000024") + sid
      + Packed.hex("db0000000476616c73 dd00000003 db0000000161 01 02 a178 de0001 dc0000 a0")
    #expect(try numbers(bytes) == [1, 2])
  }

  @Test func `with its keys in any order`() throws {
    let bytes = Packed.map([
      ("x", Packed.hex("93 c0 c2 cb4000000000000000")), ("vals", Packed.hex("93 a161 01 02")),
      ("seq", [4]), ("sid", Packed.raw(Packed.sid)),
    ])
    let datagram = try Packed.decode(bytes)
    #expect(datagram.session.text == Packed.sid && datagram.sequence == 4)
    #expect(try numbers(bytes) == [1, 2])
  }

  @Test func `with keys that are known only by their whole names`() throws {
    let bytes = Packed.datagram([
      ("Seq", [0]), ("seqs", [0]), ("se", [0]), ("\u{0}seq", [0]), ("val", [0]), ("", [0]),
      ("full2", [0]), (Packed.sid, [0]),
    ])
    let datagram = try Packed.decode(bytes)
    #expect(datagram.sequence == nil && !datagram.isFull)
  }

  @Test func `with a count of more members than connections, and one name twice`() throws {
    let bytes = Packed.datagram(vals: Packed.hex("96 a161 09 01 a161 03 02"))
    let counts = try Packed.decode(bytes).counts
    #expect(counts.map { $0.members } == [9, 3])
    #expect(counts.allSatisfy { Packed.text($0.name, of: bytes) == "a" })
  }

  @Test func `with the names that are unsafe for legacy nodes`() throws {
    let bytes = Packed.datagram(vals: [0x93] + Packed.raw("__proto__") + [1, 2])
    #expect(try numbers(bytes) == [1, 2])
  }

  /// Counts that a legacy node skips too, and their faults.
  static let badCounts: [(hex: String, fault: DatagramFault)] = [
    ("a0 01 01", .badName), ("a3612062 01 01", .badName), ("a17f 01 01", .badName),
    ("a2c3a4 01 01", .badName), ("05 01 01", .badName), ("c0 01 01", .badName),
    ("93 0102 9103 01 01", .badName), ("81a162 80 01 01", .badName),
    ("da0100" + String(repeating: "61", count: 256) + "01 01", .badName),
    ("a161 ff 01", .badNumber), ("a161 01 d3ffffffffffffff85", .badNumber),
    ("a161 cb7ff8000000000000 01", .badNumber), ("a161 01 cb4000000000000000", .badNumber),
    ("a161 cfffffffffffffffff 01", .badNumber), ("a161 a135 01", .badNumber),
    ("a161 9105 92 01a162", .badNumber), ("a161 c0 c3", .badNumber), ("a0 ff ff", .badName),
  ]

  @Test(arguments: badCounts)
  func `of a legacy node without its bad counts`(hex: String, fault: DatagramFault) throws {
    let bytes = Packed.datagram(
      vals: Packed.hex("9f a178 01 02" + hex + "a179 03 04" + hex + "a17a 05 06"),
      [("other", Packed.hex("91 ff"))])
    let datagram = try Packed.decode(bytes)
    #expect(datagram.counts.map { Packed.text($0.name, of: bytes) } == ["x", "y", "z"])
    #expect(datagram.counts.map { $0.members } == [1, 3, 5])
    #expect(datagram.counts.map { $0.connections } == [2, 4, 6])
    #expect(Array(datagram.skipped) == [fault, fault])
  }

  @Test func `with names of 1 and 255 visible bytes`() throws {
    let long = String(repeating: "~", count: 255)
    let bytes = Packed.datagram(
      vals: Packed.hex("96 a121 01 01 da00ff") + Array(long.utf8) + [1, 1])
    let counts = try Packed.decode(bytes).counts
    #expect(counts.map { Packed.text($0.name, of: bytes) } == ["!", long])
  }

  @Test func `with numbers up to 2⁵³ − 1`() throws {
    let largest = "cf001fffffffffffff"
    let bytes = Packed.datagram(
      vals: Packed.hex("93 a161" + largest + largest),
      [("seq", Packed.hex(largest)), ("rnd", Packed.hex(largest)), ("wall", Packed.hex(largest))])
    let datagram = try Packed.decode(bytes)
    #expect(try numbers(bytes) == [1 << 53 - 1, 1 << 53 - 1])
    #expect(datagram.sequence == 1 << 53 - 1 && datagram.round == 1 << 53 - 1)
    #expect(datagram.wall == 1 << 53 - 1)
  }

  @Test func `with values nested 32 deep`() throws {
    _ = try Packed.decode(Packed.datagram([("x", [UInt8](repeating: 0x91, count: 30) + [0x90])]))
  }

  @Test func `with 64 keys and not with 65`() {
    for (keys, fault) in [(63, nil), (64, nil), (65, DatagramFault.tooManyKeys)] {
      let others: [UInt8] = (0..<keys - 2).flatMap { key in Packed.raw("x\(key)") + [0x01] }
      let head: [UInt8] = [0xDE, 0, UInt8(keys)]
      let bytes = head + Packed.datagram().dropFirst() + others
      #expect(Packed.fault(bytes) == fault, "\(keys) keys")
    }
  }

  @Test func `with viewer ids of 128 bytes and not with 129`() {
    for (length, fault) in [(127, nil), (128, nil), (129, DatagramFault.badKey)] {
      let viewer = Packed.raw([UInt8](repeating: 0x61, count: length))
      let exclusion: [UInt8] = [0x93, 1] + viewer + [1]
      let held: [UInt8] = [0x93, 1] + viewer + viewer
      #expect(Packed.fault(Packed.datagram([("excl", exclusion)])) == fault, "\(length)")
      #expect(Packed.fault(Packed.datagram([("held", held)])) == fault, "\(length)")
    }
  }

  @Test func `with messages of 64 parts and not with 65`() throws {
    for (parts, fault) in [(63, nil), (64, nil), (65, DatagramFault.badKey)] {
      let message: [UInt8] = [0x95, 1, UInt8(parts - 1), UInt8(parts), 0xA1, 0x61, 0xA0]
      #expect(Packed.fault(Packed.datagram([("msgs", message)])) == fault, "\(parts) parts")
    }
  }

  @Test func `up to 65,507 bytes`() throws {
    for (length, fault) in [(65_506, nil), (65_507, nil), (65_508, DatagramFault.tooLarge)] {
      let filler = length - Packed.datagram([("x", [0xDA, 0, 0])]).count
      let bytes = Packed.datagram(
        [("x", Packed.raw([UInt8](repeating: 0, count: filler)))])
      #expect(bytes.count == length)
      #expect(Packed.fault(bytes) == fault, "\(length) bytes")
    }
  }

  @Test func `as a legacy node packs a hundred long names, beyond what is sent`() throws {
    let names = (0..<100).map { number in String(repeating: "n", count: 200) + "\(number)" }
    let bytes = Packed.datagram(
      vals: Packed.hex("dc012c") + names.flatMap { name in Packed.raw(name) + [1, 2] })
    #expect(bytes.count > 20_000)
    let counts = try Packed.decode(bytes).counts
    #expect(counts.map { Packed.text($0.name, of: bytes) } == names)
  }

  @Test func `with the sessions that it asks`() throws {
    let other = "ffffffff-89ab-4def-8123-456789abcdef"
    let (mine, others) = (try Packed.session(), try Packed.session(other))
    let nobody = try Packed.decode(Packed.datagram())
    #expect(nobody.asked == nil && !nobody.asks(mine))
    let one = try Packed.decode(Packed.datagram([("ask", [0x91] + Packed.raw(other))]))
    #expect(one.asks(others) && !one.asks(mine))
    let everybody = try Packed.decode(Packed.datagram([("ask", [0x90])]))
    #expect(everybody.asks(others))
  }
}
