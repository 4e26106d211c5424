import MeterModel
import Testing

/// The `id:` of a stream, which nobody can make or alter (§4).
@Suite struct `A stream's id` {
  private static let key = HashKey(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
  private let signer = StreamSigner(run: 0x0123_4567_89AB_CDEF, key: key)
  private let stream = ConnectionKey(ConnectionID(0x89AB_CDEF), ConnectionOrdinal(0x0000_0A0F))

  @Test func `has the run, the connection, the ordinal and a code as 48 digits`() {
    let identifier = signer.identifier(of: stream)
    let text = String(decoding: identifier.text, as: UTF8.self)
    #expect(text.hasPrefix("0123456789abcdef89abcdef00000a0f"))
    #expect(text.utf8.count == StreamIdentifier.length)
    #expect(UInt64(text.suffix(16), radix: 16) == identifier.code)
    #expect(StreamIdentifier(identifier.text.span) == identifier)
  }

  @Test func `names its stream`() {
    for number: UInt32 in [0, 1, 9, 10, 0x9ABC_DEF0, .max] {
      let stream = ConnectionKey(ConnectionID(number), ConnectionOrdinal(.max - number))
      let text = signer.identifier(of: stream).text
      #expect(signer.stream(of: StreamIdentifier(text.span)) == stream)
    }
  }

  @Test func `is the hash of the run and the stream under the key`() {
    var bytes: [UInt8] = []
    for word in [0x0123_4567_89AB_CDEF, 0x89AB_CDEF_0000_0A0F] as [UInt64] {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    #expect(signer.identifier(of: stream).code == Self.key.hash(bytes.span))
  }

  @Test func `means nothing after a change of any digit`() {
    let text = signer.identifier(of: stream).text
    for index in text.indices {
      var altered = text
      altered[index] = altered[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
      guard let identifier = StreamIdentifier(altered.span) else {
        Issue.record("no id: \(index)")
        continue
      }
      #expect(!signer.isGenuine(identifier))
      #expect(signer.stream(of: identifier) == .none)
    }
  }

  @Test func `of another run or under another key names nothing`() {
    let other = StreamSigner(run: 1, key: Self.key).identifier(of: stream)
    #expect(signer.stream(of: other) == .none)
    #expect(signer.isGenuine(other))
    let forged = StreamSigner(run: signer.run, key: HashKey(1, 2)).identifier(of: stream)
    #expect(signer.stream(of: forged) == .none)
    #expect(signer.stream(of: nil) == .none)
  }

  @Test func `is nothing but 48 lower-case digits`() {
    let text = String(decoding: signer.identifier(of: stream).text, as: UTF8.self)
    var others = ["", "1", text.uppercased()]
    for ending in ["", "00", "g", "/", ":", "`", "A", " ", "\n"] {
      others.append(text.dropLast() + ending)
    }
    for other in others {
      #expect(StreamIdentifier(Array(other.utf8).span) == nil, "\(other)")
    }
  }
}
