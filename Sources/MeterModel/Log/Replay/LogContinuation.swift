// Whether a run can be appended to a file (§7): a reader of the file must reach the section that is
// appended.
//
//   var continuation = LogContinuation()
//   continuation.append(piece)                      and so on for each piece of the file
//   switch continuation.verdict(for: section) { … }

/// A judge of the content of one file. Without the end of a file it can only tell whether the file
/// is a log.
package struct LogContinuation {
  /// What is to be done with the file.
  package enum Verdict: Equatable, Sendable {
    /// A section can be appended. A torn tail is no obstacle.
    case continues

    /// The file begins as a log does, perhaps after zeros, and its reading ends before its end. The
    /// text names the place and the reason.
    case damaged(String)

    /// The file is no log in the binary form.
    case foreign
  }

  private var length: UInt64 = 0

  /// The number of zeros at the beginning, and the first bytes that follow them.
  private var zeros: UInt64 = 0
  private var beginning: [UInt8] = []

  private var reader = LogReader()
  private var sections: UInt64 = 0
  private var damage: LogDamage?

  /// A judge of an empty file.
  package init() {}

  /// Adds the next bytes of the file. O(n)
  package mutating func append(_ piece: Span<UInt8>) {
    var start = 0
    if beginning.isEmpty {
      while start < piece.count, piece[start] == 0 { start += 1 }
      zeros += UInt64(start)
    }
    while start < piece.count, beginning.count < 2 * LogFormat.magic.count {
      beginning.append(piece[start])
      start += 1
    }
    length += UInt64(piece.count)
    if zeros == 0, isLog { read(piece) }
  }

  /// The verdict, when the whole file was added, for a section that would be appended. To be called
  /// once.
  package mutating func verdict(for section: LogSection) -> Verdict {
    guard isLog else { return .foreign }
    guard zeros == 0 else { return .damaged("byte 0: no section begins with a zero") }
    let former = sections
    var encoder = LogEncoder(section: section, offset: length)
    read(encoder.take().span)
    reader.finish()
    readItems()
    if let damage { return .damaged("\(damage.place): \(damage.reason)") }
    return sections > former ? .continues : .damaged("byte \(length): nothing is read there")
  }

  /// Whether the verdict is already known, whatever follows.
  package var isDecided: Bool { !isLog || damage != nil || (zeros > 0 && !beginning.isEmpty) }

  /// Whether the file begins with the magic, as far as it goes, perhaps after the beginning of a
  /// magic that was cut.
  package var isLog: Bool {
    let magic = LogFormat.magic
    return magic.indices.contains { cut in
      let rest = beginning.dropFirst(cut)
      return beginning.starts(with: magic.prefix(cut))
        && (magic.starts(with: rest) || rest.starts(with: magic))
    }
  }

  private mutating func read(_ piece: Span<UInt8>) {
    guard damage == nil else { return }
    reader.append(piece)
    readItems()
  }

  private mutating func readItems() {
    while let item = reader.next() {
      switch item {
      case .section: sections += 1
      case .damage(let found): damage = found
      case .records:
        reader.releaseNames(
          unlessKnown: { _ in false }, unlessViewerKnown: { _ in false },
          unlessSourceKnown: { _ in false }, unlessServiceKnown: { _ in false })
      case .checkpoint, .gap, .snapshot, .end, .torn: break
      }
    }
  }
}
