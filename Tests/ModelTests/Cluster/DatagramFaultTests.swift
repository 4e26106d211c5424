// A malformed datagram is dropped whole, and each fault has its name (§6). Among these are the
// datagrams that ended a legacy node, or corrupted its counts.

import MeterModel
import Testing

@Suite struct `A malformed datagram` {
  /// A datagram with this value of `sid`.
  private static func sid(_ value: [UInt8]) -> [UInt8] {
    Packed.map([("sid", value), ("vals", [0x90])])
  }

  /// A datagram of a node of this program, with these `vals`.
  private static func vals(_ hex: String) -> [UInt8] { vals(Packed.hex(hex)) }

  private static func vals(_ bytes: [UInt8]) -> [UInt8] {
    Packed.datagram(vals: bytes, [("seq", [1])])
  }

  /// A datagram with a key that is not known.
  private static func other(_ value: [UInt8]) -> [UInt8] { Packed.datagram([("x", value)]) }

  /// A datagram whose third key, and what is at its place, are these bytes.
  private static func third(_ hex: String) -> [UInt8] {
    [0x83] + Packed.datagram().dropFirst() + Packed.hex(hex)
  }

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let fault: DatagramFault

    init(_ name: String, _ bytes: [UInt8], _ fault: DatagramFault) {
      testDescription = name
      self.bytes = bytes
      self.fault = fault
    }
  }

  /// Bytes, and their fault.
  static let faults: [Row] = [
    Row("no bytes", [], .empty),
    Row("one byte too many", [UInt8](repeating: 0x80, count: 65_508), .tooLarge),
    Row("nil", [0xC0], .notAMap),
    Row("an array of 2³¹ − 1", Packed.hex("dd7fffffff"), .truncated),
    Row("a map of 2³² − 1", Packed.hex("dfffffffff"), .truncated),
    Row("an array", Packed.hex("920102"), .notAMap),
    Row("a number", [7], .notAMap),
    Row("text", Packed.raw("sid"), .notAMap),
    Row("an empty map", [0x80], .noSession),
    Row("only vals", Packed.map([("vals", [0x90])]), .noSession),
    Row("only sid", Packed.map([("sid", Packed.raw(Packed.sid))]), .badCounts),
    Row("an empty sid", sid([0xA0]), .noSession),
    Row(
      "a sid of 35 bytes",
      sid(Packed.raw(String(Packed.sid.dropLast()))), .noSession
    ),
    Row(
      "a sid of 37 bytes", sid(Packed.raw(Packed.sid + "0")),
      .noSession
    ),
    Row("a sid that is a number", sid([0x01]), .noSession),
    Row(
      "a sid in str8",
      sid([0xD9, 36] + Array(Packed.sid.utf8)),
      .forbiddenEncoding
    ),
    Row(
      "a sid in bin8",
      sid([0xC4, 36] + Array(Packed.sid.utf8)),
      .forbiddenEncoding
    ),
    Row("vals that are a number", Packed.datagram(vals: [0]), .badCounts),
    Row("vals that are nil", Packed.datagram(vals: [0xC0]), .badCounts),
    Row("vals that are a map", Packed.datagram(vals: [0x80]), .badCounts),
    Row("one value", vals("91 a161"), .badCounts),
    Row("two values", vals("92 a161 01"), .badCounts),
    Row("four values", vals("94 a161 01 01 a162"), .badCounts),
    Row("an empty name", vals("93 a0 00 00"), .badName),
    Row(
      "a name of 256 bytes",
      vals([0x93, 0xDA, 1, 0] + [UInt8](repeating: 0x61, count: 256) + [0, 0]),
      .badName
    ),
    Row("a name with a blank", vals("93 a3612062 01 01"), .badName),
    Row("a name with DEL", vals("93 a1 7f 01 01"), .badName),
    Row("a name in UTF-8", vals("93 a2c3a4 01 01"), .badName),
    Row("a name with a line end", vals("93 a2610a 01 01"), .badName),
    Row("a name that is a number", vals("93 05 01 01"), .badName),
    Row("a name that is nil", vals("93 c0 01 01"), .badName),
    Row("a name in str8", vals("93 d90161 01 01"), .forbiddenEncoding),
    Row("−1 members", vals("93 a161 ff 01"), .badNumber),
    Row("−33 members", vals("93 a161 d0df 01"), .badNumber),
    Row("−2⁶³ connections", numbers("01 d38000000000000000"), .badNumber),
    Row("members as text", vals("93 a161 a135 01"), .badNumber),
    Row("members in an array", vals("93 a161 9105 01"), .badNumber),
    Row("members nil", vals("93 a161 c0 01"), .badNumber),
    Row("members true", vals("93 a161 c3 01"), .badNumber),
    Row(
      "members 2.0 in 32 bits", vals("93 a161 ca40000000 01"),
      .badNumber
    ),
    Row("members 2.0", numbers("cb4000000000000000 01"), .badNumber),
    Row("members 1.5", numbers("cb3ff8000000000000 01"), .badNumber),
    Row("2⁵³ members", numbers("cf0020000000000000 01"), .badNumber),
    Row("2⁵³ connections", numbers("01 d30020000000000000"), .badNumber),
    Row("2⁶⁴ − 1 members", numbers("cfffffffffffffffff 01"), .badNumber),
    Row("members in ext", numbers("d40101 01"), .forbiddenEncoding),
    Row("a byte after the map", Packed.datagram() + [0xC0], .trailingBytes),
    Row("a map after the map", Packed.datagram() + Packed.datagram(), .trailingBytes),
    Row("sid twice", Packed.datagram([("sid", Packed.raw(Packed.sid))]), .duplicateKey),
    Row("vals twice", Packed.datagram([("vals", [0x90])]), .duplicateKey),
    Row("seq twice", Packed.datagram([("seq", [1]), ("seq", [1])]), .duplicateKey),
    Row(
      "an unknown key twice", Packed.datagram([("x", [1]), ("y", [2]), ("x", [1])]), .duplicateKey),
    Row("an empty key twice", Packed.datagram([("", [1]), ("", [1])]), .duplicateKey),
    Row(
      "a key that is a number", third("01 01"), .badKey
    ),
    Row(
      "a key in str8", third("d90161 01"),
      .forbiddenEncoding
    ),
    Row("33 nested arrays", other(Packed.hex(String(repeating: "91", count: 31) + "90")), .tooDeep),
    Row(
      "33 nested maps",
      other(Packed.hex(String(repeating: "8101", count: 31) + "80")), .tooDeep
    ),
    Row("an unknown value in bin", other([0xC4, 0]), .forbiddenEncoding),
    Row("an unknown value c1", other([0xC1]), .forbiddenEncoding),
    Row("ext in an unknown value", other([0x91, 0xC7, 0, 0]), .forbiddenEncoding),
    Row("an unknown value of 16 MB", other(Packed.hex("db01000000")), .truncated),
    Row("no code under the key of one", Packed.datagram([("mac", [0xA0])]), .badKey),
    Row("a code of 31 bytes", Packed.datagram([("mac", code(31))]), .badKey),
    Row("a code of 33 bytes", Packed.datagram([("mac", code(33))]), .badKey),
    Row("a key after the code", Packed.datagram([("mac", code(32)), ("x", [1])]), .badKey),
  ]

  /// Members and connections of one namespace.
  private static func numbers(_ hex: String) -> [UInt8] {
    vals("93 a161" + hex)
  }

  private static func code(_ length: Int) -> [UInt8] {
    Packed.raw([UInt8](repeating: 7, count: length))
  }

  @Test(arguments: faults) func `has its own fault`(row: Row) {
    #expect(Packed.fault(row.bytes) == row.fault)
  }

  @Test(arguments: ["bye", "seq", "ago", "held"])
  func `has a bad count and a key that legacy nodes do not send, before or after it`(
    key: String
  ) {
    let others = ["bye": [UInt8(0xC3)], "seq": [1], "ago": [0x90], "held": [0x90]]
    let pairs = [
      ("sid", Packed.raw(Packed.sid)), ("vals", Packed.hex("93 a161 ff 01")),
      (key, others[key] ?? []),
    ]
    #expect(Packed.fault(Packed.map(pairs)) == .badNumber)
    #expect(Packed.fault(Packed.map(pairs.reversed())) == .badNumber)
  }

  /// Values of a known key that make no sense.
  static let values = [
    "seq: 00", "seq: ff", "seq: a131", "seq: cf0020000000000000", "seq: c0",
    "seq: cb3ff0000000000000", "rnd: 00", "rnd: 90", "wall: d0ff",
    "wall: cf0020000000000000", "ask: c0", "ask: a0", "ask: 9101",
    "ask: 91a161",
    "bye: c2", "bye: 01", "bye: c0", "full: c2", "full: 80",
    "msgs: 01", "msgs: 91 01", "msgs: 94 01 00 01 a161",
    "msgs: 95 00 00 01 a161 a0",
    "msgs: 95 01 01 01 a161 a0", "msgs: 95 01 00 00 a161 a0",
    "msgs: 95 01 00 41 a161 a0",
    "msgs: 95 01 00 01 a0 a0", "msgs: 95 01 00 01 a120 a0", "msgs: 95 01 00 01 a161 01",
    "msgs: 95 01 ff 01 a161 a0", "msgs: 95 c0 00 01 a161 a0",
    "excl: 80", "excl: 92 01 a161", "excl: 93 00 a161 01", "excl: 93 01 a0 01",
    "excl: 93 01 a120 01", "excl: 93 01 a161 ff", "excl: 93 01 a161 cf0020000000000000",
    "held: c3", "held: 92 01 a161", "held: 93 00 a161 a162", "held: 93 01 a0 a162",
    "held: 93 01 a161 a0", "held: 93 01 a161 01", "held: 93 01 a161 a10a",
    "keep: c3", "keep: 95 a161 a162 01 00 01", "keep: 96 a0 a162 01 00 01 a0",
    "keep: 96 a161 a0 01 00 01 a0", "keep: 96 a161 a120 01 00 01 a0",
    "keep: 96 a161 a162 ff 00 01 a0", "keep: 96 a161 a162 01 01 01 a0",
    "keep: 96 a161 a162 01 00 41 a0", "keep: 96 a161 a162 01 00 01 01",
    "kept: 01", "kept: 93 a161 a162 01", "kept: 94 a161 a0 01 01", "kept: 94 a161 a162 c0 01",
    "kept: 94 a161 a162 01 cf0020000000000000",
    "want: 80", "want: 92 a161 a162", "want: 93 a161 a161 a162", "want: 93 01 a161 a162",
  ]

  @Test(arguments: values) func `has a fault if the value of a known key makes no sense`(
    pair: String
  ) {
    let parts = pair.split(separator: ":").map { String($0) }
    #expect(Packed.fault(Packed.datagram([(parts[0], Packed.hex(parts[1]))])) == .badKey)
  }

  @Test func `is truncated wherever it is cut`() throws {
    let bytes = Packed.datagram(
      vals: Packed.hex("96 a161 cd0100 01 da000162 ce00010000 cf0000000100000000"),
      [
        ("seq", [1]), ("x", Packed.hex("82 01 cb0000000000000000 a161 93 ca00000000 c0 d100ff")),
        ("ask", [0x91] + Packed.raw(Packed.sid)), ("msgs", Packed.hex("95 01 00 01 a161 a3782d79")),
        ("mac", Packed.raw([UInt8](repeating: 7, count: 32))),
      ])
    _ = try Packed.decode(bytes)
    for end in 1..<bytes.count {
      #expect(Packed.fault(Array(bytes[..<end])) == .truncated, "cut after \(end) bytes")
    }
  }

  @Test func `has one of the known faults`() {
    let found = Set(Self.faults.map { $0.fault }).union([.tooManyKeys, .badKey])
    let others: Set<DatagramFault> = [.unauthenticated, .replayed, .late, .tooManyNodes]
    #expect(found.union(others) == Set(DatagramFault.allCases) && found.isDisjoint(with: others))
    #expect(Set(DatagramFault.allCases.map { $0.reason }).count == DatagramFault.allCases.count)
  }
}
