// The MessagePack test suite (kawanet): 85 values in 233 encodings. It is not part of the project;
// without it these tests are skipped.

import Foundation
import MeterModel
import Testing

@Suite struct `MessagePack from outside` {
  /// A value in one of its encodings.
  private struct Encoding: Sendable {
    /// The name of the type in the format: `binary`, `ext`, `number`, and so on.
    let type: String
    let bytes: [UInt8]

    /// Its value, if that is a natural number of at most 64 bits.
    let natural: UInt64?
  }

  /// The suite; nil if the file does not exist.
  private static let suite: [Encoding]? = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let url = package.appending(path: "../shared/vectors/msgpack-test-suite.json")
    guard let data = try? Data(contentsOf: url),
      let groups = try? JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]]
    else { return nil }
    return groups.values.joined().flatMap { encodings(of: $0) }
  }()

  private static func encodings(of entry: [String: Any]) -> [Encoding] {
    let types = entry.keys.filter { $0 != "msgpack" && $0 != "bignum" }
    let number = (entry["number"] as? NSNumber).flatMap { UInt64(exactly: $0) }
    let natural = (entry["bignum"] as? String).map { UInt64($0) } ?? number
    return (entry["msgpack"] as? [String] ?? []).map {
      Encoding(type: types.first ?? "number", bytes: Packed.hex($0), natural: natural)
    }
  }

  /// Whether the outermost value has a type that the old specification lacks: str8, bin, ext, or a
  /// timestamp, which is an ext.
  private func isNew(_ bytes: [UInt8]) -> Bool {
    switch bytes.first {
    case 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9: true
    default: false
    }
  }

  @Test(
    .enabled(
      if: suite != nil, "shared/vectors/msgpack-test-suite.json is not beside the package"))
  func `is passed over in unknown keys, unless the old spec lacks it`() throws {
    let suite = try #require(Self.suite)
    var refused = 0
    for encoding in suite {
      let (type, bytes) = (encoding.type, encoding.bytes)
      // `type` is the type in the current format. The old specification has a different name for
      // it, or none.
      let isNew = isNew(bytes)
      if ["binary", "ext", "timestamp"].contains(type) { #expect(isNew, "\(Packed.hex(bytes))") }
      let fault = Packed.fault(Packed.datagram([("x", bytes), ("seq", [7])]))
      #expect(fault == (isNew ? .forbiddenEncoding : nil), "\(Packed.hex(bytes))")
      refused += isNew ? 1 : 0
    }
    #expect(suite.count == 233 && refused > 30 && refused < 120)
  }

  @Test(
    .enabled(
      if: suite != nil, "shared/vectors/msgpack-test-suite.json is not beside the package"))
  func `is a count if it is a natural number up to 2⁵³ − 1 in an integer's encoding`() throws {
    var counted = 0
    for encoding in try #require(Self.suite) where encoding.type == "number" {
      let bytes = encoding.bytes
      let vals = Packed.hex("93 a161") + bytes + [0]
      let datagram = Packed.datagram(vals: vals)
      let isFloat = bytes[0] == 0xCA || bytes[0] == 0xCB
      guard !isFloat, let number = encoding.natural, number < 1 << 53 else {
        #expect(try Packed.decode(datagram).skipped == [.badNumber], "\(Packed.hex(bytes))")
        let ofNewNode = Packed.datagram(vals: vals, [("seq", [7])])
        #expect(Packed.fault(ofNewNode) == .badNumber, "\(Packed.hex(bytes))")
        continue
      }
      #expect(try Packed.decode(datagram).counts.first?.members == number)
      counted += 1
    }
    #expect(counted > 50)
  }
}
