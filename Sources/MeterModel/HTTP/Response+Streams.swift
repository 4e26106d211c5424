// The head of an event stream, and the responses in place of one (§4, §8).

extension ResponseEncoder {
  /// The time after which a client connects again, in milliseconds.
  package static var retryDelay: UInt64 { 2000 }

  /// Appends the head of a stream and its first event with `retry`, `id` and `data`. The `retry` is
  /// in the event's own block, because some clients take a block without data for an event.
  /// `isPadded`: the client shows nothing before it has 2 KB.
  package func appendStream(
    greeting count: UInt64, to ordinal: ConnectionOrdinal, isPadded: Bool, _ access: PageAccess,
    into output: inout ContiguousArray<UInt8>
  ) {
    if !isPadded, case .everyOrigin = access {
      output.append(contentsOf: streamStart)
    } else {
      appendStreamHead(access, into: &output)
      if isPadded { output.append(contentsOf: repeatElement(ASCII.lineFeed, count: 2048)) }
      appendStreamStart(into: &output)
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
  package func appendStreamHead(
    _ access: PageAccess, into output: inout ContiguousArray<UInt8>
  ) {
    output.append(
      contentsOf: """
        HTTP/1.1 200 OK\r
        Content-Type: text/event-stream\r
        Cache-Control: no-cache, no-transform\r
        X-Accel-Buffering: no\r

        """.utf8)
    append(access, into: &output)
    appendLastFields(for: .last, into: &output)
  }

  /// Appends a stream that sets the time of the next attempt and ends, for a client that can be
  /// served later. After any other status a native EventSource would not try again.
  package func appendEmptyStream(
    retryMilliseconds: UInt64, _ access: PageAccess, into output: inout ContiguousArray<UInt8>
  ) {
    appendStreamHead(access, into: &output)
    output.append(contentsOf: "retry: ".utf8)
    output.append(decimal: retryMilliseconds)
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends the 204 after which an EventSource does not connect again.
  package func appendStopped(_ access: PageAccess, into output: inout ContiguousArray<UInt8>) {
    append(status: "204 No Content", into: &output)
    output.append(contentsOf: "Cache-Control: no-cache\r\n".utf8)
    append(access, into: &output)
    appendLastFields(for: .last, into: &output)
  }
}
