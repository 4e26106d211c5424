// The protocol of Redis and Valkey: commands byte by byte, replies in any pieces, and servers of
// another protocol.

import MeterModel
import Testing

@Suite struct `A command for Redis` {
  @Test func `is an array of bulk strings, whatever their bytes`() {
    var output: ContiguousArray<UInt8> = []
    RESPCommand.append("PING", [], into: &output)
    RESPCommand.append("AUTH", ["us\r\ner", "ä"].map { ContiguousArray($0.utf8) }, into: &output)
    #expect(
      String(decoding: output, as: UTF8.self)
        == "*1\r\n$4\r\nPING\r\n*3\r\n$4\r\nAUTH\r\n$6\r\nus\r\ner\r\n$2\r\nä\r\n")
  }

  @Test func `publishes a datagram with its bytes as they are`() {
    let payload: [UInt8] = [0, 0x0D, 0x0A, 0xFF, 0x24] + [UInt8](repeating: 0x82, count: 7)
    var output: ContiguousArray<UInt8> = [1]
    RESPCommand.append(publish: payload.span, on: Array("channel".utf8).span, into: &output)
    let head = Array("*3\r\n$7\r\nPUBLISH\r\n$7\r\nchannel\r\n$12\r\n".utf8)
    #expect(Array(output) == [1] + head + payload + [0x0D, 0x0A])
  }
}

@Suite struct `A reply of Redis` {
  /// The outcome of a reply.
  private enum Outcome: Equatable {
    case complete(length: Int, [Value])
    case failed(RESPFault)
  }

  private struct Value: Equatable {
    let kind: RESPValue.Kind
    let bytes: Range<Int>
    let number: Int64
  }

  /// The outcomes of the bytes, if they arrive in pieces of `step`.
  private func progress(_ bytes: [UInt8], step: Int = .max) -> [RESPProgress] {
    var outcomes: [RESPProgress] = []
    var parser = RESPParser()
    var (start, arrived) = (0, 0)
    while true {
      let progress = parser.parse(bytes.span.extracting(start..<arrived))
      switch progress {
      case .incomplete:
        guard arrived < bytes.count else { return outcomes }
        arrived += min(step, bytes.count - arrived)
      case .failed: return outcomes + [progress]
      case .complete(let reply):
        outcomes.append(progress)
        start += reply.length
      }
    }
  }

  private func outcomes(_ bytes: [UInt8], step: Int = .max) -> [Outcome] {
    progress(bytes, step: step).compactMap {
      switch $0 {
      case .incomplete: nil
      case .failed(let fault): .failed(fault)
      case .complete(let reply):
        .complete(
          length: reply.length,
          reply.values.map { Value(kind: $0.kind, bytes: $0.bytes, number: $0.number) })
      }
    }
  }

  private func outcomes(_ text: String, step: Int = .max) -> [Outcome] {
    outcomes(Array(text.utf8), step: step)
  }

  private func value(
    _ kind: RESPValue.Kind, _ bytes: Range<Int> = 0..<0, _ number: Int64 = 0
  ) -> Value {
    Value(kind: kind, bytes: bytes, number: number)
  }

  private func reply(_ length: Int, _ values: Value...) -> Outcome {
    .complete(length: length, values)
  }

  @Test func `is a line, a number, a string, nothing, or an array of these`() {
    #expect(outcomes("+PONG\r\n") == [reply(7, value(.simple, 1..<5))])
    #expect(outcomes("+\r\n") == [reply(3, value(.simple, 1..<1))])
    #expect(outcomes("-ERR no\r\n") == [reply(9, value(.error, 1..<7))])
    #expect(outcomes(":-12\r\n") == [reply(6, value(.integer, 1..<4, -12))])
    #expect(outcomes("$3\r\na\r\n\r\n") == [reply(9, value(.bulk, 4..<7))])
    #expect(outcomes("$0\r\n\r\n") == [reply(6, value(.bulk, 4..<4))])
    #expect(outcomes("$-1\r\n*-1\r\n") == [reply(5, value(.null)), reply(5, value(.null))])
    #expect(outcomes("*0\r\n") == [reply(4, value(.array, 1..<2, 0))])
  }

  /// Replies to a subscriber, with nested arrays at the end.
  private let session =
    "+OK\r\n*3\r\n$9\r\nsubscribe\r\n$2\r\nch\r\n:1\r\n"
    + "*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$4\r\n\r\n\r\n\r\n"
    + "-LOADING x\r\n*3\r\n*1\r\n*2\r\n:1\r\n*0\r\n$-1\r\n*2\r\n+a\r\n+b\r\n"
    + ":9223372036854775807\r\n"

  @Test func `has the same outcome in any pieces`() {
    let whole = progress(Array(session.utf8))
    #expect(whole.count == 6)
    guard case .complete(let message) = whole[2], case .complete(let nested) = whole[4] else {
      Issue.record("\(whole)")
      return
    }
    #expect(message.isFlat(ofAtLeast: 3) && !message.isFlat(ofAtLeast: 4))
    #expect(message.values[3].kind == .bulk && message.values[3].bytes.count == 4)
    #expect(!nested.isFlat(ofAtLeast: 1))
    #expect(
      nested.values.map { $0.kind }
        == [.array, .array, .array, .integer, .array, .null, .array, .simple, .simple])
    for step in 1...60 {
      #expect(progress(Array(session.utf8), step: step) == whole, "\(step) at a time")
    }
  }

  @Test func `is incomplete wherever it is cut`() {
    let text = "*3\r\n$7\r\nmessage\r\n*1\r\n:12\r\n$4\r\nabcd\r\n"
    for end in 0..<text.utf8.count {
      #expect(outcomes(Array(text.utf8.prefix(end))) == [], "cut after \(end) bytes")
    }
    #expect(outcomes(text).count == 1)
  }

  static let faults: [(String, RESPFault)] = [
    ("HTTP/1.1 400 Bad Request\r\n", .notAReply), ("\r\n", .notAReply), ("%1\r\n", .notAReply),
    ("+OK\n", .badLine), ("+OK\rx", .badLine), ("$3\r\nabcd\r\n", .badLine),
    ("$3\r\nabc\rx", .badLine), (":1\n", .badLine), (":\r\n", .badNumber), (":-\r\n", .badNumber),
    (": 1\r\n", .badNumber), (":1a\r\n", .badNumber), (":9223372036854775808\r\n", .badNumber),
    (":-9223372036854775809\r\n", .badNumber), ("$\r\n", .badNumber), ("*x\r\n", .badNumber),
    ("$-2\r\n", .badBulk), ("$65537\r\n", .badBulk), ("$9223372036854775807\r\n", .badBulk),
    ("*-2\r\n", .badArray), ("*1025\r\n", .badArray), ("*9223372036854775807\r\n", .badArray),
    ("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", .tooDeep), ("*1\r\n*1\r\n*1\r\n*1\r\n*0\r\n", .tooDeep),
  ]

  @Test(arguments: faults) func `has its own fault, in any pieces`(
    text: String, fault: RESPFault
  ) {
    #expect(outcomes(text) == [.failed(fault)])
    #expect(outcomes(text, step: 1) == [.failed(fault)])
  }

  @Test func `has a reason for each fault`() {
    #expect(Set(Self.faults.map { $0.1 }) == Set(RESPFault.allCases))
    #expect(Set(RESPFault.allCases.map { $0.reason }).count == RESPFault.allCases.count)
  }

  @Test func `may be a number of 64 bits`() {
    for number in [Int64.min, -1, 0, 1, .max] {
      let text = ":\(number)\r\n"
      let length = text.utf8.count
      #expect(outcomes(text) == [reply(length, value(.integer, 1..<length - 2, number))])
    }
    #expect(outcomes(":+7\r\n") == [reply(5, value(.integer, 1..<3, 7))])
  }

  @Test func `may be a line of 1,024 bytes and not of 1,025`() {
    for length in [1023, 1024, 1025] {
      let text = "-" + String(repeating: "x", count: length)
      let ended = outcomes(text + "\r\n")
      #expect((ended == [.failed(.badLine)]) == (length == 1025), "\(length)")
      // The limit holds before there is an end.
      #expect(outcomes(text) == (length == 1025 ? [.failed(.badLine)] : []), "\(length)")
    }
  }

  @Test func `may be a string of 65,536 bytes and not of 65,537`() {
    for length in [65_535, 65_536, 65_537] {
      let bytes =
        Array("$\(length)\r\n".utf8) + [UInt8](repeating: 0, count: length) + [0x0D, 0x0A]
      let expected =
        length == 65_537
        ? Outcome.failed(.badBulk) : reply(length + 10, value(.bulk, 8..<8 + length))
      #expect(outcomes(bytes) == [expected], "\(length)")
      #expect(outcomes(bytes, step: 1000) == [expected], "\(length)")
    }
  }

  @Test func `may have 1,024 elements and not 1,025, however they are nested`() {
    for count in [1023, 1024, 1025] {
      let flat = "*\(count)\r\n" + String(repeating: ":1\r\n", count: count)
      #expect((outcomes(flat) == [.failed(.badArray)]) == (count == 1025), "\(count)")
      // The outer array has two elements, and the second contains the others.
      let nested = "*2\r\n:1\r\n*\(count - 2)\r\n" + String(repeating: ":1\r\n", count: count - 2)
      #expect((outcomes(nested) == [.failed(.badArray)]) == (count == 1025), "\(count)")
    }
  }

  @Test func `may be nested 4 deep`() {
    #expect(outcomes("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n").count == 1)
    #expect(outcomes("*1\r\n*1\r\n*1\r\n*0\r\n").count == 1)
  }
}
