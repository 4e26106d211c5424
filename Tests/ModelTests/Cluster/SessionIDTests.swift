import MeterModel
import Testing

@Suite struct `A session id` {
  @Test func `has exactly 36 bytes`() throws {
    for length in [0, 35, 37, 72] {
      let session = SessionID([UInt8](repeating: 0x61, count: length).span)
      #expect(session == nil)
    }
    #expect(try Packed.session().text == Packed.sid)
  }

  @Test func `differs with any other byte, and is ordered like its bytes`() throws {
    let bytes = [UInt8](repeating: 0x61, count: 36)
    let session = try Packed.session(String(decoding: bytes, as: UTF8.self))
    for index in bytes.indices {
      var changed = bytes
      changed[index] = 0x62
      let other = try Packed.session(String(decoding: changed, as: UTF8.self))
      #expect(other != session && session < other && !(other < session))
      var written: ContiguousArray<UInt8> = []
      other.append(into: &written)
      #expect(Array(written) == changed)
    }
  }

  @Test func `is a random UUID of version 4`() {
    #expect(
      SessionID(randomBits: 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210).text
        == "01234567-89ab-4def-bedc-ba9876543210")
    #expect(SessionID(randomBits: 0, 0).text == "00000000-0000-4000-8000-000000000000")
    #expect(SessionID(randomBits: .max, .max).text == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    var generator = SystemRandomNumberGenerator()
    let (one, other) = (
      SessionID.random(using: &generator), SessionID.random(using: &generator)
    )
    #expect(one != other)
  }
}

@Suite struct `A name that is unsafe for legacy nodes` {
  /// The names of `Object.getOwnPropertyNames(Object.prototype)`, in Node.js 0.10 as in 20.
  static let names = [
    "constructor", "__defineGetter__", "__defineSetter__", "hasOwnProperty", "__lookupGetter__",
    "__lookupSetter__", "isPrototypeOf", "propertyIsEnumerable", "toString", "valueOf",
    "__proto__", "toLocaleString",
  ]

  private func isKilled(_ name: String) -> Bool {
    LegacyNode.isUnsafe(Array(name.utf8).span)
  }

  @Test(arguments: names) func `is each name that objects inherit, and no similar one`(name: String)
  {
    #expect(isKilled(name))
    for near in [name + "2", String(name.dropLast()), name.uppercased(), "%" + name.dropFirst()] {
      #expect(!isKilled(near), "\(near)")
    }
  }

  @Test func `is no usual name`() {
    for name in ["", "a", "football", "prototype", "__proto", "length", "name"] {
      #expect(!isKilled(name), "\(name)")
    }
  }
}
