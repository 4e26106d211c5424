// Random datagrams: decoding returns what was encoded, and changed bytes are a datagram or a fault
// and never end the process.

import Foundation
import MeterModel
import Testing

@Suite struct `Random datagrams` {
  /// `AUDIENCE_METER_SEED=17` tries one seed instead of all.
  static let seeds: [UInt64] = {
    let chosen = ProcessInfo.processInfo.environment["AUDIENCE_METER_SEED"].flatMap { UInt64($0) }
    return chosen.map { [$0] } ?? Array(0..<100)
  }()

  private func hint(_ seed: UInt64) -> Comment {
    "AUDIENCE_METER_SEED=\(seed) swift test --filter 'Random datagrams'"
  }

  @Test(arguments: [false, true]) func `are read as they were written`(isSecret: Bool) throws {
    let secret = isSecret ? try Packed.secret("swordfish") : nil
    for seed in Self.seeds {
      let sample = DatagramSample(seed: seed, secret: secret)
      #expect(sample.bytes.count <= 1400, hint(seed))
      let datagram = try Packed.decode(sample.bytes)
      #expect(DatagramSample.facts(of: datagram, sample.bytes) == sample.facts, hint(seed))
      #expect((datagram.macStart != nil) == isSecret, hint(seed))
      if let secret, let start = datagram.macStart {
        #expect(secret.authenticates(sample.bytes, macStart: start), hint(seed))
      }
    }
  }

  @Test func `that were changed are datagrams or faults`() throws {
    var faults: Set<DatagramFault> = []
    var accepted = 0
    for seed in Self.seeds {
      var random = RandomSource(seed: seed).fork("tampering")
      let sample = DatagramSample(seed: seed, secret: nil)
      for _ in 0..<100 {
        let bytes = changed(sample.bytes, &random)
        switch ClusterDatagram.decode(bytes.span) {
        case .failure(let fault): faults.insert(fault)
        case .success(let datagram):
          accepted += 1
          guard lastByte(of: datagram) < bytes.count else {
            Issue.record("a text outside the datagram: \(hint(seed))")
            continue
          }
        }
      }
    }
    guard Self.seeds.count > 1 else { return }
    #expect(accepted > 500)
    let reachable = Set(DatagramFault.allCases)
      .subtracting([.unauthenticated, .replayed, .late, .tooManyNodes, .tooLarge, .tooDeep])
      .subtracting([.tooManyKeys])
    #expect(faults.isSuperset(of: reachable), "\(reachable.subtracting(faults))")
  }

  /// Where the last text of a datagram ends.
  private func lastByte(of datagram: ClusterDatagram) -> Int {
    let ranges =
      datagram.counts.map { $0.name } + datagram.messages.flatMap { [$0.namespace, $0.text] }
      + datagram.exclusions.map { $0.viewer } + datagram.held.flatMap { [$0.viewer, $0.stream] }
    return ranges.map { $0.bounds.upperBound - 1 }.max() ?? 0
  }

  @Test func `of Redis that were changed are replies or faults, in any pieces`() throws {
    let replies = Array(
      ("*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$9\r\n\r\n$3\r\n*1\r\n\r\n"
        + ":12\r\n-ERR x\r\n*2\r\n*1\r\n*-1\r\n*0\r\n$-1\r\n+OK\r\n").utf8)
    var faults: Set<RESPFault> = []
    for seed in Self.seeds {
      var random = RandomSource(seed: seed).fork("replies")
      for _ in 0..<10 {
        let bytes = changed(replies, &random)
        let whole = outcomes(bytes, step: bytes.count)
        for step in [1, 1 + random.below(20)] {
          guard outcomes(bytes, step: step) != whole else { continue }
          Issue.record(hint(seed))
        }
        if case .failed(let fault) = whole.last { faults.insert(fault) }
      }
    }
    guard Self.seeds.count > 1 else { return }
    // Strings and arrays beyond their limits are rarely made like this.
    let common: Set<RESPFault> = [.notAReply, .badLine, .badNumber]
    #expect(faults.isSuperset(of: common), "\(common.subtracting(faults))")
  }

  private func outcomes(_ bytes: [UInt8], step: Int) -> [RESPProgress] {
    var outcomes: [RESPProgress] = []
    var parser = RESPParser()
    var (start, arrived) = (0, 0)
    while true {
      let progress = parser.parse(bytes.span.extracting(start..<arrived))
      if case .complete(let reply) = progress {
        start += reply.length
        outcomes.append(progress)
        continue
      }
      guard progress == .incomplete else { return outcomes + [progress] }
      guard arrived < bytes.count else { return outcomes }
      arrived = min(bytes.count, arrived + max(step, 1))
    }
  }

  /// The bytes with one to four changes.
  private func changed(_ original: [UInt8], _ random: inout RandomSource) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(4) {
      // A byte of the datagram does more harm than any other, because it has a meaning.
      let byte =
        random.chance(1, in: 2)
        ? original[random.below(original.count)] : UInt8(truncatingIfNeeded: random.next())
      guard !bytes.isEmpty else {
        bytes = [byte]
        continue
      }
      let place = random.below(bytes.count)
      switch random.below(8) {
      case 0, 1,
        2 where !bytes.isEmpty:
        bytes[place] = byte
      case 3: bytes[place] ^= 1 << (byte & 7)
      case 4: bytes.insert(byte, at: place)
      case 5: bytes.remove(at: place)
      case 6 where random.chance(1, in: 4): renameKey(of: &bytes, &random)
      case 6: bytes.removeLast(min(bytes.count, random.below(60)))
      case 7 where random.chance(1, in: 40): bytes = []
      default:
        // A piece at another place puts whole values where others are expected.
        let piece = bytes[place..<min(bytes.count, place + random.below(40))]
        bytes.insert(contentsOf: piece, at: random.below(bytes.count + 1))
      }
    }
    return bytes
  }
}

/// Writes a piece that begins like the name of a key of three letters over another such place.
private func renameKey(of bytes: inout [UInt8], _ random: inout RandomSource) {
  let places = bytes.indices.filter { bytes[$0] == 0xA3 && $0 + 4 <= bytes.count }
  guard !places.isEmpty else { return }
  let (from, to) = (places[random.below(places.count)], places[random.below(places.count)])
  for offset in 0..<4 { bytes[to + offset] = bytes[from + offset] }
}

/// A random datagram, and its content.
private struct DatagramSample {
  private(set) var bytes: [UInt8] = []
  private(set) var facts: [String] = []
  private var random: RandomSource

  /// The age of all of its messages; new ones have none.
  private let ago: UInt64

  init(seed: UInt64, secret: ClusterSecret?) {
    random = RandomSource(seed: seed).fork("datagram")
    var ages = random.fork("age")
    ago = ages.chance(1, in: 2) ? 0 : 21 + ages.next() >> UInt64(12 + ages.below(50))
    let session = SessionID(randomBits: random.next(), random.next())
    var encoder = DatagramEncoder(session: session, secret: secret)
    facts.append(session.text)
    if random.chance(3, in: 4) { begin(&encoder) }
    // Until it is full, in the order of the datagram's keys.
    for kind in 0..<5 {
      for _ in 0..<random.below(random.chance(1, in: 3) ? 60 : 4) { add(kind, to: &encoder) }
    }
    bytes = encoder.finished()
  }

  private mutating func begin(_ encoder: inout DatagramEncoder) {
    let (sequence, round, wall) = (1 + number() / 2, 1 + number() / 2, number())
    let flags = DatagramEncoder.Flags(rawValue: UInt8(random.below(4)))
    encoder.begin(sequence: sequence, round: round, wall: wall, flags: flags)
    facts.append("\(sequence) \(round) \(wall) \(flags.rawValue)")
  }

  private mutating func add(_ kind: Int, to encoder: inout DatagramEncoder) {
    let (one, other) = (text(255), text(255))
    let (first, second) = (number(), number())
    let (viewer, stream) = (Array(one.prefix(128)), Array(other.prefix(128)))
    let event = max(first, 1)
    let fits: Bool
    let fact: String
    switch kind {
    case 0:
      fits = encoder.append(count: one.span, members: first, connections: second)
      fact = "count \(one) \(first) \(second)"
    case 1:
      let session = SessionID(randomBits: first, second)
      fits = encoder.append(asked: session)
      fact = "ask \(session.text)"
    case 2:
      let parts = 1 + random.below(64)
      let part = random.below(parts)
      let bytes = (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      fits = encoder.append(
        message: event, part: part, of: parts, to: one.span, text: bytes.span, ago: ago)
      fact = "message \(event) \(part) \(parts) \(one) \(bytes) \(ago)"
    case 3:
      fits = encoder.append(exclusion: event, viewer: viewer.span, stamp: second)
      fact = "exclusion \(event) \(viewer) \(second)"
    default:
      fits = encoder.append(held: event, viewer: viewer.span, stream: stream.span)
      fact = "held \(event) \(viewer) \(stream)"
    }
    if fits { facts.append(fact) }
  }

  /// A number of any size that a datagram may have.
  private mutating func number() -> UInt64 {
    random.next() >> UInt64(11 + random.below(53))
  }

  /// 1 to `maximum` visible bytes, rarely many.
  private mutating func text(_ maximum: Int) -> [UInt8] {
    let length = 1 + random.below(random.chance(1, in: 8) ? maximum : 40)
    return (0..<length).map { _ in UInt8(0x21 + random.below(0x5E)) }
  }

  /// The content of a datagram, in the same words.
  static func facts(of datagram: ClusterDatagram, _ bytes: [UInt8]) -> [String] {
    func text(_ range: ByteRange) -> String { "\(Array(bytes[range.bounds]))" }
    var facts = [datagram.session.text]
    if let sequence = datagram.sequence, let round = datagram.round, let wall = datagram.wall {
      let flags = (datagram.isFull ? 1 : 0) + (datagram.isGoodbye ? 2 : 0)
      facts.append("\(sequence) \(round) \(wall) \(flags)")
    }
    facts += datagram.counts.map { "count \(text($0.name)) \($0.members) \($0.connections)" }
    facts += (datagram.asked ?? []).map { "ask \($0.text)" }
    facts += datagram.messages.map {
      "message \($0.number) \($0.part) \($0.parts) \(text($0.namespace)) \(text($0.text))"
        + " \($0.ago)"
    }
    facts += datagram.exclusions.map { "exclusion \($0.number) \(text($0.viewer)) \($0.stamp)" }
    facts += datagram.held.map { "held \($0.number) \(text($0.viewer)) \(text($0.stream))" }
    return facts
  }
}
