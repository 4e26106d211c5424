// SHA-256 and HMAC against the published vectors: the examples of FIPS 180-4 (with those of NIST's
// CAVP for short messages) and RFC 4231.

import MeterModel
import Testing

private func digest(_ bytes: [UInt8]) -> String { hex(SHA256.digest(bytes.span)) }

private func code(_ bytes: [UInt8], under key: [UInt8]) -> String {
  hex(HMAC(key: key.span).code(of: bytes.span))
}

private func hex(_ digest: SHA256.Digest) -> String {
  var bytes: ContiguousArray<UInt8> = []
  digest.append(into: &bytes)
  return Packed.hex(bytes)
}

@Suite struct `SHA-256` {
  static let vectors: [(message: String, digest: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
        + "lmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]

  @Test(arguments: vectors) func `makes the published digests`(message: String, digest: String) {
    #expect(ModelTests.digest(Array(message.utf8)) == digest)
  }

  @Test func `makes the published digest of a million a`() {
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      digest(million)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `accepts bytes in any pieces`() {
    let bytes = (0..<200).map { UInt8($0) }
    for length in 0...200 {
      let whole = SHA256.digest(bytes.span.extracting(0..<length))
      for cut in 0...length {
        var hash = SHA256()
        hash.update(bytes.span.extracting(0..<cut))
        hash.update(bytes.span.extracting(cut..<length))
        guard hash.finish() == whole else {
          Issue.record("\(length) bytes, cut after \(cut)")
          return
        }
      }
    }
  }
}

@Suite struct `HMAC with SHA-256` {
  /// RFC 4231 §4.2 to §4.8; key and data in hexadecimal digits.
  static let vectors: [(key: String, data: String, code: String)] = [
    (
      String(repeating: "0b", count: 20), "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      "0102030405060708090a0b0c0d0e0f10111213141516171819", String(repeating: "cd", count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      String(repeating: "aa", count: 131),
      Packed.hex("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      String(repeating: "aa", count: 131),
      Packed.hex(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ]

  @Test(arguments: vectors.indices) func `makes the published codes`(index: Int) {
    let (key, data, code) = Self.vectors[index]
    #expect(ModelTests.code(Packed.hex(data), under: Packed.hex(key)) == code)
  }

  @Test func `makes the published code that is cut to 128 bits`() {
    let whole = code(
      Array("Test With Truncation".utf8), under: [UInt8](repeating: 0x0C, count: 20))
    #expect(whole.hasPrefix("a3b6167473100ee06e0c796c2955552b"))
  }
}

@Suite struct `A cluster's secret` {
  @Test func `is nothing without bytes`() {
    for text in ["", "\n", "\r\n"] {
      #expect(throws: Packed.NoSecret.self) { try Packed.secret(text) }
    }
  }

  @Test func `has no part in the file's final line end, and only in that`() throws {
    func codeUnder(_ text: String) throws -> String {
      hex(try Packed.secret(text).code(of: Array("datagram".utf8).span))
    }
    let plain = try codeUnder("swordfish")
    #expect(plain == code(Array("datagram".utf8), under: Array("swordfish".utf8)))
    #expect(try codeUnder("swordfish\n") == plain)
    #expect(try codeUnder("swordfish\r\n") == plain)
    for other in ["swordfish\n\n", "swordfish ", " swordfish", "swordfish\r", "swordfisi", "\n\n"] {
      #expect(try codeUnder(other) != plain, "\(other)")
    }
  }

  @Test func `finds no code where none can be`() throws {
    let secret = try Packed.secret("swordfish")
    let bytes = [UInt8](repeating: 7, count: 40)
    for start in [-1, 0, 7, 9, 39, 40, 41, Int.max] {
      #expect(!secret.authenticates(bytes, macStart: start), "\(start)")
    }
    #expect(!secret.authenticates(bytes, macStart: 8))
    #expect(!secret.authenticates([], macStart: 0))
  }
}
