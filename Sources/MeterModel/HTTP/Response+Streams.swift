// The head of an event stream and what may come instead of one (§4 and §8 of the spec).

extension ResponseEncoder {
  /// How long a client waits before it comes back, in milliseconds.
  private static var retryDelay: UInt64 { 2000 }

  /// Appends the head of a stream and its first event, to be sent in one piece: `retry`, `id`,
  /// `data`. The retry is in the event's own block, since some clients make an event of a block
  /// that has no other field. `isPadded` for clients that withhold the first 2 KB.
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

  /// Appends the head of a stream alone: the answer to `HEAD`. The connection ends after it.
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

  /// Appends a full server's answer to a client that asked for a stream: a stream that says when to
  /// come back and ends. On any other status a native EventSource would give up for good.
  package func appendFullStream(
    retryMilliseconds: UInt64, into output: inout ContiguousArray<UInt8>
  ) {
    appendStreamHead(into: &output)
    output.append(contentsOf: "retry: ".utf8)
    output.append(decimal: retryMilliseconds)
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends the 204 that stops an EventSource for good.
  package func appendStopped(for exchange: Exchange, into output: inout ContiguousArray<UInt8>) {
    append(status: "204 No Content", into: &output)
    output.append(
      contentsOf: "Cache-Control: no-cache\r\nAccess-Control-Allow-Origin: *\r\n".utf8)
    appendLastFields(for: exchange, into: &output)
  }
}
