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

  /// Appends a frame with `retry: -1` and an empty line, with which the original ends an excluded
  /// stream (rule 8).
  package static func appendExclusion(
    _ framing: StreamFraming, into output: inout ContiguousArray<UInt8>
  ) {
    let text = "retry: -1\n\n"
    framing.append(text.utf8.count, into: &output) { $0.append(contentsOf: text.utf8) }
  }
}
