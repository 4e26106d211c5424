// Common functions of the tests of datagrams: bytes as hexadecimal text, and datagrams that are
// made by hand.

import MeterModel

/// Makes bytes and datagrams.
enum Packed {
  static let sid = "01234567-89ab-4def-8123-456789abcdef"

  /// The bytes of hexadecimal digits; blanks and dashes are ignored.
  static func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap { $0.hexDigitValue }.map { UInt8($0) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// The hexadecimal digits of bytes.
  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// A text as raw bytes in the shortest form.
  static func raw(_ text: String) -> [UInt8] {
    raw(Array(text.utf8))
  }

  static func raw(_ bytes: [UInt8]) -> [UInt8] {
    bytes.count < 32
      ? [0xA0 | UInt8(bytes.count)] + bytes
      : [0xDA, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  /// A map of these keys, each with the bytes of its value.
  static func map(_ pairs: [(key: String, value: [UInt8])]) -> [UInt8] {
    [0x80 | UInt8(pairs.count)] + pairs.flatMap { raw($0.key) + $0.value }
  }

  /// A datagram with `sid`, these `vals`, and further keys.
  static func datagram(
    vals: [UInt8] = [0x90], _ others: [(key: String, value: [UInt8])] = []
  ) -> [UInt8] {
    map([("sid", raw(sid)), ("vals", vals)] + others)
  }

  /// The session whose id is `sid`.
  static func session(_ text: String = sid) throws -> SessionID {
    guard let session = SessionID(Array(text.utf8).span) else { throw NoSession() }
    return session
  }

  struct NoSession: Error {}

  /// The secret in a file of this text.
  static func secret(_ text: String) throws -> ClusterSecret {
    guard let secret = ClusterSecret(Array(text.utf8).span) else { throw NoSecret() }
    return secret
  }

  struct NoSecret: Error {}

  /// The text of a range of a datagram.
  static func text(_ range: ByteRange, of bytes: [UInt8]) -> String {
    String(decoding: bytes[range.bounds], as: UTF8.self)
  }

  /// The fault of a datagram; nil if it has none.
  static func fault(_ bytes: [UInt8]) -> DatagramFault? {
    switch ClusterDatagram.decode(bytes.span) {
    case .success: nil
    case .failure(let fault): fault
    }
  }

  static func decode(_ bytes: [UInt8]) throws -> ClusterDatagram {
    try ClusterDatagram.decode(bytes.span).get()
  }
}

extension DatagramEncoder {
  struct DoesNotFit: Error {}

  /// The bytes of the datagram that was begun.
  mutating func finished() -> [UInt8] {
    var output: ContiguousArray<UInt8> = []
    finish(into: &output)
    return Array(output)
  }

  /// Appends counts that must fit.
  mutating func count(_ name: String, _ members: UInt64, _ connections: UInt64) throws {
    let fits = append(
      count: Array(name.utf8).span, members: members, connections: connections)
    guard fits else { throw DoesNotFit() }
  }

  /// Appends a message that must fit.
  mutating func message(
    _ number: UInt64, _ part: Int, of parts: Int, _ namespace: String, _ text: String,
    ago: UInt64 = 0
  ) throws {
    let fits = append(
      message: number, part: part, of: parts, to: Array(namespace.utf8).span,
      text: Array(text.utf8).span, ago: ago)
    guard fits else { throw DoesNotFit() }
  }

  /// Appends an exclusion that must fit.
  mutating func exclusion(_ number: UInt64, _ viewer: String, stamp: UInt64) throws {
    let fits = append(exclusion: number, viewer: Array(viewer.utf8).span, stamp: stamp)
    guard fits else { throw DoesNotFit() }
  }

  /// Appends an ended stream that must fit.
  mutating func held(_ number: UInt64, _ viewer: String, _ stream: String) throws {
    let fits = append(
      held: number, viewer: Array(viewer.utf8).span, stream: Array(stream.utf8).span)
    guard fits else { throw DoesNotFit() }
  }
}

extension ClusterSecret {
  /// Whether bytes end, from `macStart` on, with their code.
  func authenticates(_ bytes: [UInt8], macStart: Int) -> Bool {
    authenticates(bytes.span, macStart: macStart)
  }
}
