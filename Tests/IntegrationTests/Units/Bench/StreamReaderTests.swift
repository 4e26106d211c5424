import MeterIO
import MeterModel
import Testing

extension Units {
  /// The reader of a stream in a bench, which counts events and messages.
  @Suite struct StreamReaderTests {
    private static let head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX: data: 1\r\n\r\n"

    @Test(arguments: [
      ("retry: 2000\nid: a.1\ndata: 5\n\n", 1, 0), ("data: 7\n\n", 1, 0), ("data:7\n\n", 1, 0),
      ("data: bench=7\n\n", 1, 1), ("data: bench/7xxxx\n\n", 1, 1), ("data: 7a\n\n", 1, 1),
      ("data: bench=17\n\n", 1, 0), ("data: 7 of 9\n\n", 1, 0), ("data: bench=70\n\n", 1, 0),
      ("data: 9 of 7\n\n", 1, 1), ("data: bench=0007\n\n", 1, 1), ("data: a\ndata: 7\n\n", 1, 1),
      ("data: bench=7\r\n\r\n", 1, 1), ("data: 7\r\n\r\n", 1, 0), (": comment\n\n", 0, 0),
      ("retry: 1\n\n", 0, 0), ("date: bench=7\n\n", 0, 0), ("dat\n\ndata: bench=7\n\n", 1, 1),
      ("data\n\n", 0, 0), ("event: data: bench=7\n\n", 0, 0), ("data: bench=7\n", 0, 0),
      ("data: bench=7\n\ndata: 8\n\ndata: bench=7\n\ndata: bench=8\n\n", 4, 2),
      ("data: bench=99999999999999999999\n\n", 1, 0), ("\n\n\ndata: bench=7\n\n\n", 1, 1),
    ])
    func `events and messages of the round are counted in pieces of any size`(
      body: String, events: UInt32, deliveries: UInt32
    ) {
      let plain = Array((Self.head + body).utf8)
      let responses = [plain] + [1, 2, 3, 16, 1000].map { Self.chunked(body, chunk: $0) }
      for (bytes, size) in responses.flatMap({ r in [r.count, 1, 2, 3, 7].map { (r, $0) } }) {
        var reader = StreamReader()
        var news = StreamReader.News()
        var start = 0
        while start < bytes.count {
          let piece = bytes[start..<min(start + size, bytes.count)]
          let more = reader.read(Array(piece).span, round: 7)
          news.events += more.events
          news.deliveries += more.deliveries
          start += size
        }
        #expect(news.events == events, "in pieces of \(size)")
        #expect(news.deliveries == deliveries, "in pieces of \(size)")
        #expect(!reader.isRefused)
      }
    }

    @Test(arguments: [
      "HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/2.0 200 ",
      "nonsense", "HTTP/1.1  200", "data: 1\n\n", "HTTP/1.1 2000",
    ])
    func `a response that is no success is refused, and its body is not read`(answer: String) {
      let isStillGood = answer == "HTTP/1.1 2000"
      for size in [1, 100] {
        var reader = StreamReader()
        let bytes = Array((answer + "\r\n\r\ndata: 1\n\n").utf8)
        var events: UInt32 = 0
        for start in stride(from: 0, to: bytes.count, by: size) {
          let piece = Array(bytes[start..<min(start + size, bytes.count)])
          events += reader.read(piece.span, round: 1).events
        }
        #expect(reader.isRefused != isStillGood)
        #expect(events == (isStillGood ? 1 : 0))
      }
    }

    @Test func `a piece may bring many events`() {
      var reader = StreamReader()
      let bytes = Array((Self.head + String(repeating: "data: bench=7\n\n", count: 1000)).utf8)
      let news = reader.read(bytes.span, round: 7)
      #expect(news == StreamReader.News(events: 1000, deliveries: 1000))
    }

    /// A response whose body is cut into chunks of that many bytes.
    private static func chunked(_ body: String, chunk size: Int) -> [UInt8] {
      var text =
        "HTTP/1.1 200 OK\r\nA: Transfer-Encoding: chunked\r\n"
        + "transfer-encoding:\tCHUNKED\r\nDate: x\r\n\r\n"
      var rest = Array(body.utf8)[...]
      while !rest.isEmpty {
        let piece = rest.prefix(size)
        text += String(piece.count, radix: 16, uppercase: size == 16)
        text += (size == 3 ? ";a=b\r\n" : "\r\n") + String(decoding: piece, as: UTF8.self) + "\r\n"
        rest = rest.dropFirst(size)
      }
      return Array((text + "0\r\n\r\ndata: bench=7\n\n").utf8)
    }

    @Test(arguments: [
      "Transfer-Encoding: gzip", "X-Transfer-Encoding: chunked", "Transfer-Encoding: chunkedx",
      "Transfer-Encoding: xchunked", "Transfer: chunked",
    ])
    func `a body without the field of chunks is read as it is`(field: String) {
      var reader = StreamReader()
      let bytes = Array("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n5\r\ndata: 7\n\n".utf8)
      #expect(reader.read(bytes.span, round: 7).events == 1)
    }

    @Test func `the state between two pieces takes at most 13 bytes`() {
      #expect(MemoryLayout<StreamReader>.size <= 13)
    }

    @Test func `the events that the daemon writes are counted`() {
      var message: ContiguousArray<UInt8> = []
      ServerSentEvents.append(message: Array("bench=3".utf8).span, into: &message)
      let encoder = ResponseEncoder(
        date: HTTPDate(unixSeconds: 0), signer: StreamSigner(run: 1, key: HashKey(1, 2)),
        viewerIDs: .off)
      for framing in [StreamFraming.plain, .chunked] {
        var stream: ContiguousArray<UInt8> = []
        encoder.appendStream(
          greeting: 5, to: ConnectionKey(ConnectionID(1), ConnectionOrdinal(1)), isPadded: true,
          framing, .everyOrigin,
          into: &stream)
        ServerSentEvents.append(count: 12, framing, into: &stream)
        if framing == .chunked {
          StreamFraming.append(chunk: message.span, into: &stream)
        } else {
          stream.append(contentsOf: message)
        }
        ServerSentEvents.appendExclusion(framing, into: &stream)
        stream.append(contentsOf: framing.end)
        var reader = StreamReader()
        let news = reader.read(stream.span, round: 3)
        #expect(news == StreamReader.News(events: 3, deliveries: 1))
      }
    }
  }
}
