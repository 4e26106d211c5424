// What an open stream carries: frames of server-sent events (HTML Standard, §9.2), line feeds alone
// as line ends.

/// Frames of an event stream.
package enum ServerSentEvents {
  /// Appends `data: <count>` and a blank line.
  package static func append(count: UInt64, into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "data: ".utf8)
    output.append(decimal: count)
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends a text as one event, a `data:` line for each line of it; CR LF, CR and LF end a line,
  /// as the client will read them, so no text can add another field. Bytes that are no UTF-8 become
  /// U+FFFD, which is what the client would make of them. O(n)
  package static func append(message text: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
    output.reserveCapacity(output.count + text.count + 8)
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
        if sequence.isValid {
          for offset in 0..<sequence.count { output.append(text[index + offset]) }
        } else {
          output.append(contentsOf: "\u{FFFD}".utf8)
        }
        index += sequence.count
      }
    }
    output.append(contentsOf: "\n\n".utf8)
  }

  /// Appends `retry: -1` and a blank line: the original's word for "you were excluded, stay away".
  package static func appendExclusion(into output: inout ContiguousArray<UInt8>) {
    output.append(contentsOf: "retry: -1\n\n".utf8)
  }
}

/// The UTF-8 sequence that starts at a byte above 0x7F, or the part of one that cannot be
/// completed: the longest that U+FFFD stands for (Unicode, §3.9).
private struct UTF8Sequence {
  let count: Int
  let isValid: Bool

  init(_ text: Span<UInt8>, at start: Int) {
    let lead = text[start]
    let length: Int
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default:
      count = 1
      isValid = false
      return
    }
    var offset = 1
    while offset < length, start + offset < text.count,
      Self.mayFollow(lead, text[start + offset], at: offset)
    {
      offset += 1
    }
    count = offset
    isValid = offset == length
  }

  /// Whether a byte may stand at `offset` after a lead byte: no overlong forms, no surrogates,
  /// nothing above U+10FFFF.
  private static func mayFollow(_ lead: UInt8, _ byte: UInt8, at offset: Int) -> Bool {
    guard offset == 1 else { return byte & 0xC0 == 0x80 }
    switch lead {
    case 0xE0: return byte >= 0xA0 && byte <= 0xBF
    case 0xED: return byte >= 0x80 && byte <= 0x9F
    case 0xF0: return byte >= 0x90 && byte <= 0xBF
    case 0xF4: return byte >= 0x80 && byte <= 0x8F
    default: return byte & 0xC0 == 0x80
    }
  }
}
