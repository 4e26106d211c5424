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
      let bytes = Array((Self.head + body).utf8)
      for size in [bytes.count, 1, 2, 3, 7] {
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

    @Test func `the state between two pieces takes at most 8 bytes`() {
      #expect(MemoryLayout<StreamReader>.size <= 8)
    }

    @Test func `the events that the daemon writes are counted`() {
      var body: ContiguousArray<UInt8> = []
      ServerSentEvents.append(count: 12, into: &body)
      ServerSentEvents.append(message: Array("bench=3".utf8).span, into: &body)
      ServerSentEvents.appendExclusion(into: &body)
      var reader = StreamReader()
      _ = reader.read(Array(Self.head.utf8).span, round: 3)
      let news = reader.read(body.span, round: 3)
      #expect(news == StreamReader.News(events: 2, deliveries: 1))
    }
  }
}
