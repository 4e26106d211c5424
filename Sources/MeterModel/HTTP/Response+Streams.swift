// The head of an event stream, and the responses in place of one (§4, §8).

extension ResponseEncoder {
  /// The time after which a client connects again, in milliseconds.
  package static var retryDelay: UInt64 { 2000 }

  /// Appends the head of a stream and its first event with `retry`, `id` and `data`. The `retry` is
  /// in the event's own block, because some clients take a block without data for an event.
  /// `isPadded`: the client shows nothing before it has 2 KB.
  package func appendStream(
    greeting count: UInt64, to stream: ConnectionKey, isPadded: Bool,
    _ framing: StreamFraming, _ access: PageAccess, into output: inout ContiguousArray<UInt8>
  ) {
    appendStreamStart(isPadded: isPadded, framing, access, into: &output)
    let start = eventStart
    let length = start.count + ContiguousArray.decimalDigits(of: count) + 2
    framing.append(length, into: &output) {
      let position = $0.count + start.count - Self.eventStartTail
      $0.append(contentsOf: start)
      signer.identifier(of: stream).write(into: &$0, at: position)
      $0.append(decimal: count)
      $0.append(ASCII.lineFeed)
      $0.append(ASCII.lineFeed)
    }
  }

  /// Appends the head of a stream that observes several namespaces and its first event with `retry`
  /// and `data`. The members of the counts are those of `counts`, a JSON object.
  package func appendStream(
    counts: Span<UInt8>, isPadded: Bool, _ framing: StreamFraming, _ access: PageAccess,
    into output: inout ContiguousArray<UInt8>
  ) {
    appendStreamStart(isPadded: isPadded, framing, access, into: &output)
    let start = "retry: \(Self.retryDelay)\ndata: "
    framing.append(start.utf8.count + counts.count + 2, into: &output) {
      $0.append(contentsOf: start.utf8)
      $0.append(counts)
      $0.append(contentsOf: "\n\n".utf8)
    }
  }

  /// Appends all of a stream that comes before its first event.
  private func appendStreamStart(
    isPadded: Bool, _ framing: StreamFraming, _ access: PageAccess,
    into output: inout ContiguousArray<UInt8>
  ) {
    if case .everyOrigin = access {
      output.append(contentsOf: framing == .chunked ? chunkedHead : plainHead)
    } else {
      appendStreamHead(framing, access, into: &output)
    }
    if isPadded {
      framing.append(Self.padding, into: &output) {
        $0.append(contentsOf: repeatElement(ASCII.lineFeed, count: Self.padding))
      }
    }
  }

  /// The number of line feeds before the first event of a client that needs padding.
  private static var padding: Int { 2048 }

  /// The start of each stream's first event, up to the count. The part of the id that differs is
  /// still to be written: it starts `eventStartTail` bytes before the end.
  static func eventStart(_ signer: StreamSigner) -> ContiguousArray<UInt8> {
    var start = ContiguousArray("retry: \(retryDelay)\nid: ".utf8)
    start.append(contentsOf: signer.identifier(of: .none).text)
    start.append(contentsOf: "\ndata: ".utf8)
    return start
  }

  private static var eventStartTail: Int {
    StreamIdentifier.length - StreamIdentifier.runLength + "\ndata: ".utf8.count
  }

  /// Appends the head of a stream only, the response to `HEAD`. The connection ends after it.
  package func appendStreamHead(
    _ framing: StreamFraming, _ access: PageAccess, into output: inout ContiguousArray<UInt8>
  ) {
    output.append(
      contentsOf: """
        HTTP/1.1 200 OK\r
        Content-Type: text/event-stream\r
        Cache-Control: no-cache, no-transform\r
        X-Accel-Buffering: no\r

        """.utf8)
    append(access, into: &output)
    if framing == .chunked {
      output.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
    }
    appendLastFields(for: .last, into: &output)
  }

  /// Appends a stream that sets the time of the next attempt and ends, for a client that can be
  /// served later. After any other status a native EventSource would not try again.
  package func appendEmptyStream(
    retryMilliseconds: UInt64, _ framing: StreamFraming, _ access: PageAccess,
    into output: inout ContiguousArray<UInt8>
  ) {
    appendStreamHead(framing, access, into: &output)
    let text = "retry: \(retryMilliseconds)\n\n"
    framing.append(text.utf8.count, into: &output) { $0.append(contentsOf: text.utf8) }
    output.append(contentsOf: framing.end)
  }

  /// Appends the 204 after which an EventSource does not connect again.
  package func appendStopped(_ access: PageAccess, into output: inout ContiguousArray<UInt8>) {
    append(status: "204 No Content", into: &output)
    output.append(contentsOf: "Cache-Control: no-cache\r\n".utf8)
    append(access, into: &output)
    appendLastFields(for: .last, into: &output)
  }
}
