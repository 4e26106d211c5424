import Foundation

/// A text file of the project.
struct SourceText {
  /// The path from the project's folder on: `Sources/MeterModel/Meter/Meter.swift`.
  let path: String

  /// Its lines without their ends.
  let lines: [String]

  init(_ path: String, _ text: String) {
    self.path = path
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    self.lines = lines
  }

  /// The last component of the path.
  var name: String { String(path.split(separator: "/").last ?? "") }

  /// What stands after the last dot of the name; empty without one.
  var kind: String {
    let parts = name.split(separator: ".")
    return parts.count > 1 ? String(parts[parts.count - 1]) : ""
  }

  var isSwift: Bool { kind == "swift" }
  var isDocument: Bool { kind == "md" }
  var isScript: Bool { kind == "js" || kind == "mjs" || path.hasPrefix(".ci/") }
}

/// A place where a rule does not hold.
struct Finding: Equatable, CustomStringConvertible {
  let file: String

  /// Counted from 1.
  let line: Int
  let text: String

  init(_ source: SourceText, line: Int, _ text: String) {
    file = source.path
    self.line = line
    self.text = text
  }

  var description: String { "\(file):\(line): \(text)" }
}

/// The project's own files, found from where this file was compiled.
enum SourceTree {
  /// The project's folder.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Whether the sources are still there: a test may be built on one machine and run on another.
  static var isPresent: Bool {
    FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path)
  }

  /// All documents, Swift files and scripts, in the order of their paths.
  static func texts() throws -> [SourceText] {
    try ["Package.swift", ".ci", "client", "docs", "Sources", "Tests"].flatMap(files)
      .appending(contentsOf: documentsAtRoot())
      .sorted()
      .map { try SourceText($0, String(contentsOf: root.appending(path: $0), encoding: .utf8)) }
      .filter { $0.isSwift || $0.isDocument || $0.isScript }
  }

  private static func documentsAtRoot() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".md") }
  }

  /// The files below a folder that may hold text, or the file itself.
  private static func files(_ path: String) -> [String] {
    let start = root.appending(path: path)
    guard let names = FileManager.default.enumerator(atPath: start.path) else { return [path] }
    let below = names.compactMap { $0 as? String }.filter { name in
      [".swift", ".md", ".js", ".mjs"].contains { name.hasSuffix($0) } || path == ".ci"
    }
    return below.isEmpty ? [path] : below.map { "\(path)/\($0)" }
  }
}

extension [String] {
  fileprivate func appending(contentsOf others: [String]) -> [String] { self + others }
}
