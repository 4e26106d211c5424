// The head of an event stream, and the responses in place of one (§4, §8).

extension ResponseEncoder {
  /// The time after which a client connects again, in milliseconds.
  private static var retryDelay: UInt64 { 2000 }

  /// Appends the head of a stream and its first event with `retry`, `id` and `data`. The `retry` is
  /// in the event's own block, because some clients take a block without data for an event.
  /// `isPadded`: the client shows nothing before it has 2 KB.
  package func appendStream(
    greeting count: UInt64, to ordinal: ConnectionOrdinal, isPadded: Bool,
    into output: inout ContiguousArray<UInt8>
  ) {
    if isPadded {
      appendStreamHead(into: &output)
      output.append(contentsOf: repeatElement(ASCII.lineFeed, count: 2048))
      appendStreamStart(into: &output)
    } else {
      output.append(contentsOf: streamStart)
    }
    StreamIdentifier.append(ordinal, into: &output)
    output.append(ASCII.lineFeed)
    ServerSentEvents.append(count: count, into: &output)
  }

  /// Appends the start of a stream's first event, up to the run in its id.
  func appendStreamStart(into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "retry: ".utf8)
    output.append(decimal: Self.retryDelay)
    output.append(contentsOf: "\nid: ".utf8)
    StreamIdentifier.append(run: run, into: &output)
  }

  /// Appends the head of a stream only, the response to `HEAD`. The connection ends after it.
  package func appendStreamHead(into output: inout ContiguousArray<UInt8>) {
    output.append(
      contentsOf: """
        HTTP/1.1 200 OK\r
        Content-Type: text/event-stream\r
        Cache-Control: no-cache, no-transform\r
        X-Accel-Buffering: no\r
        Access-Control-Allow-Origin: *\r

        """.utf8)
    appendLastFields(for: .last, into: &output)
  }

  /// Appends the response of a full server to a request for a stream: a stream that sets the time
  /// of the next attempt and ends. After any other status a native EventSource would not try again.
  package func appendFullStream(
    retryMilliseconds: UInt64, into output: inout ContiguousArray<UInt8>
  ) {
    appendStreamHead(into: &output)
    output.append(contentsOf: "retry: ".utf8)
    output.append(decimal: retryMilliseconds)
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends the 204 after which an EventSource does not connect again.
  package func appendStopped(for exchange: Exchange, into output: inout ContiguousArray<UInt8>) {
    append(status: "204 No Content", into: &output)
    output.append(
      contentsOf: "Cache-Control: no-cache\r\nAccess-Control-Allow-Origin: *\r\n".utf8)
    appendLastFields(for: exchange, into: &output)
  }
}
