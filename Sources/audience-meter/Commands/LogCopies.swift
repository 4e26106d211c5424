/// What was read of logs that can be read only once, such as pipes. A second reading takes it.
package struct LogCopies {
  /// The largest number of bytes of all logs together.
  package static let standardLimit = 256 * 1024 * 1024

  /// The length of the pieces that are returned, in bytes.
  private static let pieceLength = 65_536

  private let limit: Int
  private var copies: [[UInt8]]
  private var count = 0

  /// Empty copies of a number of logs.
  package init(logs: Int, limit: Int = Self.standardLimit) {
    self.limit = limit
    copies = Array(repeating: [], count: logs)
  }

  /// Adds what was read of a log. Returns false, and adds nothing, where that is past the limit.
  package mutating func append(_ piece: [UInt8], to log: Int) -> Bool {
    guard piece.count <= limit - count else { return false }
    count += piece.count
    copies[log] += piece
    return true
  }

  /// The bytes of a log from an offset on, at most 65,536; none at its end.
  package func piece(of log: Int, at offset: Int) -> [UInt8] {
    Array(copies[log].dropFirst(offset).prefix(Self.pieceLength))
  }
}
