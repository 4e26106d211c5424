// Server-sent events (HTML Standard, §9.2), with a line feed at the end of each line.

/// Writes the events of a stream.
package enum ServerSentEvents {
  /// Appends the frame of a count: `data: <count>` and an empty line.
  package static func append(
    count: UInt64, _ framing: StreamFraming, into output: inout ContiguousArray<UInt8>
  ) {
    framing.append(length(ofCount: count), into: &output) { append(count: count, into: &$0) }
  }

  /// The number of bytes of a count's event.
  static func length(ofCount count: UInt64) -> Int {
    "data: \n\n".utf8.count + ContiguousArray.decimalDigits(of: count)
  }

  /// Appends the event of a count.
  static func append(count: UInt64, into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "data: ".utf8)
    output.append(decimal: count)
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends a text as one event, with a `data:` line for each line of it. CR LF, CR and LF end a
  /// line, as for the client, so that no text can add another field. Bytes that are no UTF-8 become
  /// U+FFFD, as they would in the client. O(n)
  package static func append(message text: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "data: ".utf8)
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == ASCII.lineFeed || byte == ASCII.carriageReturn {
        let isPair =
          byte == ASCII.carriageReturn && index + 1 < text.count
          && text[index + 1] == ASCII.lineFeed
        output.append(contentsOf: "\ndata: ".utf8)
        index += isPair ? 2 : 1
      } else if byte < 0x80 {
        output.append(byte)
        index += 1
      } else {
        let sequence = UTF8Sequence(text, at: index)
        sequence.append(from: text, at: index, into: &output)
        index += sequence.count
      }
    }
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends a text of one line as an event.
  package static func append(event line: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "data: ".utf8)
    output.append(line)
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends messages to a namespace for a stream that observes several: events of the type
  /// `message` with `{"namespace":…,"text":…}`. `events` are the same messages as
  /// `append(message:)` made them. O(n)
  package static func append(
    messages events: Span<UInt8>, of namespace: Span<UInt8>,
    into output: inout ContiguousArray<UInt8>
  ) {
    let field = "data: ".utf8.count
    var text: ContiguousArray<UInt8> = []
    var start = 0
    while start < events.count {
      let end = events.firstIndex(of: ASCII.lineFeed, in: start..<events.count) ?? events.count
      text.append(events.extracting(min(start + field, end)..<end))
      start = end + 1
      guard start >= events.count || events[start] == ASCII.lineFeed else {
        text.append(ASCII.lineFeed)
        continue
      }
      start += 1
      var json = JSONWriter()
      json.beginObject()
      json.member("namespace", namespace)
      json.member("text", text.span)
      json.endObject()
      output.append(contentsOf: "event: message\n".utf8)
      append(event: json.bytes.span, into: &output)
      text.removeAll(keepingCapacity: true)
    }
  }

  /// Appends a frame with `retry: -1` and an empty line, with which the original ends an excluded
  /// stream (rule 8).
  package static func appendExclusion(
    _ framing: StreamFraming, into output: inout ContiguousArray<UInt8>
  ) {
    let text = "retry: -1\n\n"
    framing.append(text.utf8.count, into: &output) { $0.append(contentsOf: text.utf8) }
  }
}
