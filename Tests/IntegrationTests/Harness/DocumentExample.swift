import Foundation

/// An example in a document of the project: the first indented block below a heading, without the
/// indentation. A test that uses it keeps the document right.
func documentExample(below heading: String, of document: String) throws -> String {
  let text = try String(contentsOfFile: "\(projectFolder)/\(document)", encoding: .utf8)
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  guard let start = lines.firstIndex(of: "## \(heading)") else {
    throw HarnessError("\(document) has no heading \(heading)")
  }
  let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
  let block = section.drop { !$0.hasPrefix("    ") }.prefix { $0.hasPrefix("    ") }
  guard !block.isEmpty else { throw HarnessError("\(heading) in \(document) has no example") }
  return block.map { $0.dropFirst(4) }.joined(separator: "\n")
}

extension String {
  /// The text with `part` replaced, which must be there once.
  func replacingOnce(_ part: String, with other: String) throws -> String {
    let pieces = components(separatedBy: part)
    guard pieces.count == 2 else {
      throw HarnessError("\(part) is there \(pieces.count - 1) times in: \(self)")
    }
    return pieces.joined(separator: other)
  }
}
