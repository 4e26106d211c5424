// The commands of a client of Redis or Valkey. Each is an array of bulk strings in RESP2, the
// protocol that every version of either understands.

/// The encoder of commands.
package enum RESPCommand {
  /// Appends a command with its arguments, which may be any bytes. O(n)
  package static func append(
    _ name: String, _ arguments: [ContiguousArray<UInt8>],
    into output: inout ContiguousArray<UInt8>
  ) {
    appendHead("*", arguments.count + 1, into: &output)
    append(name, into: &output)
    for argument in arguments { append(argument.span, into: &output) }
  }

  /// Appends the command that publishes a payload on a channel. O(n)
  package static func append(
    publish payload: Span<UInt8>, on channel: Span<UInt8>,
    into output: inout ContiguousArray<UInt8>
  ) {
    appendHead("*", 3, into: &output)
    append("PUBLISH", into: &output)
    append(channel, into: &output)
    append(payload, into: &output)
  }

  private static func append(_ text: String, into output: inout ContiguousArray<UInt8>) {
    appendHead("$", text.utf8.count, into: &output)
    output.append(contentsOf: text.utf8)
    appendLineEnd(into: &output)
  }

  private static func append(_ bytes: Span<UInt8>, into output: inout ContiguousArray<UInt8>) {
    appendHead("$", bytes.count, into: &output)
    output.append(bytes)
    appendLineEnd(into: &output)
  }

  private static func appendHead(
    _ kind: Unicode.Scalar, _ count: Int, into output: inout ContiguousArray<UInt8>
  ) {
    output.append(UInt8(ascii: kind))
    output.append(decimal: UInt64(count))
    appendLineEnd(into: &output)
  }

  private static func appendLineEnd(into output: inout ContiguousArray<UInt8>) {
    output.append(ASCII.carriageReturn)
    output.append(ASCII.lineFeed)
  }
}
