import Foundation
import MeterModel
import Testing

/// Datagrams against Debian's python3-msgpack in its old format, which legacy nodes use: it reads
/// what we write and would write the same bytes, and we read what it writes.
@Suite(.enabled(if: isMessagePackInstalled, "needs python3-msgpack"))
struct `MessagePack of other authors` {
  /// `AUDIENCE_METER_SEED=17` tries other datagrams.
  private static let seed =
    ProcessInfo.processInfo.environment["AUDIENCE_METER_SEED"].flatMap { UInt64($0) } ?? 1

  private static let hint: Comment =
    "AUDIENCE_METER_SEED=\(seed) swift test --filter MessagePackPeerTests"

  /// Runs a script with the paths of a file to read and of one to write; the answer is what it
  /// wrote.
  private func lines(of script: String, given text: String) throws -> [String] {
    let folder = try TemporaryFolder()
    let input = try folder.write(text, to: "input")
    let output = try folder.write("", to: "output")
    let python = try ChildProgram(debianPython, ["-c", Self.words + script, input, output])
    let end = try python.awaitExit()
    try #require(end.status == 0, "\(end.standardError)")
    return try String(contentsOfFile: output, encoding: .utf8)
      .split(separator: "\n").map { String($0) }
  }

  /// Writes any value as text, as these tests do.
  private static let words = """
    import msgpack, random, sys
    def text(value):
        if value is None or isinstance(value, (bool, float)): return repr(value)
        if isinstance(value, int): return str(value)
        if isinstance(value, bytes): return "'" + value.hex() + "'"
        if isinstance(value, list): return '[' + ' '.join(text(v) for v in value) + ']'
        return '{' + ' '.join(text(k) + ':' + text(v) for k, v in value.items()) + '}'
    def pack(value): return msgpack.packb(value, use_bin_type=False)

    """

  @Test func `another MessagePack reads our datagrams, and would write the same bytes`() throws {
    var random = RandomSource(seed: Self.seed)
    let samples = (0..<1000).map { _ in Sample(&random) }
    let script = """
      with open(sys.argv[1]) as given, open(sys.argv[2], 'w') as written:
          for line in given:
              value = msgpack.unpackb(bytes.fromhex(line), raw=True, strict_map_key=False)
              print(pack(value).hex(), text(value), file=written)
      """
    let lines = try lines(
      of: script, given: samples.map { hex($0.bytes) + "\n" }.joined())
    try #require(lines.count == samples.count)
    for (line, sample) in zip(lines, samples) {
      #expect(line == hex(sample.bytes) + " " + sample.text, Self.hint)
    }
  }

  @Test func `we read the datagrams that another MessagePack writes`() throws {
    let script = """
      chance = random.Random(int(open(sys.argv[1]).read()))
      def number(): return chance.getrandbits(chance.randrange(1, 54))
      def visible(length): return bytes(chance.randrange(0x21, 0x7f) for _ in range(length))
      def name(): return visible(chance.choice([1, 9, 31, 32, 255]))
      def any(depth):
          kind = chance.randrange(9 if depth < 5 else 7)
          if kind == 0: return None
          if kind == 1: return chance.random() < 0.5
          if kind == 2: return chance.random()
          if kind == 3: return chance.getrandbits(64)
          if kind == 4: return -chance.getrandbits(63)
          if kind < 7: return name()
          if kind == 7: return [any(depth + 1) for _ in range(chance.randrange(4))]
          return {(name(), number())[i % 2]: any(depth + 1) for i in range(chance.randrange(4))}
      with open(sys.argv[2], 'w') as written:
          for _ in range(1000):
              number_of_counts = chance.randrange(chance.choice([4, 60]))
              counts = [(name(), number(), number()) for _ in range(number_of_counts)]
              sid = bytes(chance.randrange(256) for _ in range(36))
              values = [v for c in counts for v in c]
              keys = [(b'sid', sid), (b'vals', values), (b'seq', number() + 1 >> 1 or 1)]
              keys += [(b'x' + name(), any(0)) for _ in range(chance.randrange(4))]
              chance.shuffle(keys)
              keys = dict(keys)
              line = text([sid, keys[b'seq']] + values)
              print(pack(keys).hex(), line, file=written)
      """
    let lines = try lines(of: script, given: "\(Self.seed)")
    #expect(lines.count == 1000)
    for line in lines {
      let space = try #require(line.firstIndex(of: " "))
      let bytes = bytes(line[..<space])
      switch ClusterDatagram.decode(bytes.span) {
      case .failure(let fault): Issue.record("\(fault.reason): \(line[..<space]) \(Self.hint)")
      case .success(let datagram):
        var session: ContiguousArray<UInt8> = []
        datagram.session.append(into: &session)
        var words = ["'\(hex(session))'", datagram.sequence.map { "\($0)" } ?? "None"]
        for count in datagram.counts {
          words += [
            "'\(hex(bytes[count.name.bounds]))'", "\(count.members)", "\(count.connections)",
          ]
        }
        #expect(
          "[" + words.joined(separator: " ") + "]" == line[line.index(after: space)...], Self.hint)
      }
    }
  }
}

private func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func bytes(_ hex: Substring) -> [UInt8] {
  let digits = hex.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// A random datagram of ours, and its content as text.
private struct Sample {
  let bytes: [UInt8]
  let text: String

  init(_ random: inout RandomSource) {
    let session = SessionID(randomBits: random.next(), random.next())
    let secret = random.chance(1, in: 2) ? ClusterSecret(Array("swordfish".utf8).span) : nil
    var encoder = DatagramEncoder(session: session, secret: secret)
    var keys: [String] = []
    if random.chance(3, in: 4) {
      let (sequence, wall) = (1 + Self.number(&random) / 2, Self.number(&random))
      encoder.begin(
        sequence: sequence, round: sequence, wall: wall, flags: [.full, .goodbye, .asksEverybody])
      keys = [
        Self.pair("seq", "\(sequence)"), Self.pair("rnd", "\(sequence)"),
        Self.pair("wall", "\(wall)"), Self.pair("ask", "[]"), Self.pair("bye", "True"),
        Self.pair("full", "True"),
      ]
    }
    let counts = Self.values(60, &random) { one, _, first, second in
      encoder.append(count: one.span, members: first, connections: second)
        ? [Self.text(one), "\(first)", "\(second)"] : []
    }
    let messages = Self.values(3, &random) { one, other, first, _ in
      encoder.append(message: first + 1, part: 0, of: 1, to: one.span, text: other.span)
        ? ["\(first + 1)", "0", "1", Self.text(one), Self.text(other)] : []
    }
    let exclusions = Self.values(3, &random) { one, _, first, second in
      let viewer = Array(one.prefix(128))
      return encoder.append(exclusion: first + 1, viewer: viewer.span, stamp: second)
        ? ["\(first + 1)", Self.text(viewer), "\(second)"] : []
    }
    let held = Self.values(3, &random) { one, other, first, _ in
      let (viewer, stream) = (Array(one.prefix(128)), Array(other.prefix(128)))
      return encoder.append(held: first + 1, viewer: viewer.span, stream: stream.span)
        ? ["\(first + 1)", Self.text(viewer), Self.text(stream)] : []
    }
    var output: ContiguousArray<UInt8> = []
    encoder.finish(into: &output)
    bytes = Array(output)
    let id = Self.text(session.text.utf8)
    keys = [Self.pair("sid", id), Self.pair("vals", Self.list(counts))] + keys
    for (key, values) in [("msgs", messages), ("excl", exclusions), ("held", held)]
    where !values.isEmpty { keys.append(Self.pair(key, Self.list(values))) }
    if secret != nil { keys.append(Self.pair("mac", Self.text(output.suffix(32)))) }
    text = "{" + keys.joined(separator: " ") + "}"
  }

  private static func values(
    _ most: Int, _ random: inout RandomSource,
    _ append: (_ one: [UInt8], _ other: [UInt8], _ first: UInt64, _ second: UInt64) -> [String]
  ) -> [String] {
    var values: [String] = []
    for _ in 0..<random.below(most) {
      values += append(name(&random), name(&random), number(&random), number(&random))
    }
    return values
  }

  private static func number(_ random: inout RandomSource) -> UInt64 {
    random.next() >> UInt64(12 + random.below(52))
  }

  private static func name(_ random: inout RandomSource) -> [UInt8] {
    let length = 1 + random.below(random.chance(1, in: 8) ? 255 : 40)
    return (0..<length).map { _ in UInt8(0x21 + random.below(0x5E)) }
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String { "'" + hex(bytes) + "'" }

  private static func list(_ values: [String]) -> String {
    "[" + values.joined(separator: " ") + "]"
  }

  private static func pair(_ key: String, _ value: String) -> String {
    text(key.utf8) + ":" + value
  }
}
