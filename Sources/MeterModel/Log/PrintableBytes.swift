// Errors quote bytes of a log, which may be anything.

extension Span<UInt8> {
  /// The bytes as text on one line, for an error: at most 64 characters and an ellipsis, with `?`
  /// in place of what is no printable ASCII.
  var printable: String {
    let maximumLength = 64
    var text: [UInt8] = []
    for index in indices.prefix(maximumLength) {
      text.append((0x20...0x7E).contains(self[index]) ? self[index] : UInt8(ascii: "?"))
    }
    return String(decoding: text, as: UTF8.self) + (count > maximumLength ? "…" : "")
  }
}
