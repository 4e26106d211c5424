// What an explanation is about: a namespace and a time in a log.

/// A namespace and a time. Written `football@4.5`, `football@2:4.5` for section 2, or
/// `football@2026-06-01T18:00:00Z`.
package struct Moment: Equatable, Sendable {
  /// The name of the namespace.
  package var namespace: [UInt8]

  /// The time. Seconds without a section are those of the last section that lasts so long.
  package var time: LogTime

  /// Reads a moment; nil when the text is malformed. The namespace ends at the last `@`.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let end = bytes.lastIndex(of: ASCII.at), (1...255).contains(end) else { return nil }
    let name = Array(bytes[..<end])
    guard name.span.isVisibleASCII, let time = LogTime(Array(bytes[(end + 1)...]).span) else {
      return nil
    }
    (namespace, self.time) = (name, time)
  }

  /// The instant of the moment in a section; nil if the section does not have it.
  func instant(inSection number: Int, wallStart: UInt64?) -> Instant? {
    switch time {
    case .instant(let instant, let section):
      return section ?? number == number ? instant : nil
    case .wall(let time):
      guard let wallStart, wallStart <= time.unixNanoseconds else { return nil }
      return min(Instant(nanoseconds: time.unixNanoseconds - wallStart), .latest)
    }
  }
}
