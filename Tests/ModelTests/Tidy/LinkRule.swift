// Links between the project's documents: [text](docs/SPEC.md#2-counting).

func linkFindings(in texts: [SourceText]) -> [Finding] {
  let documents = texts.filter(\.isDocument)
  let anchors = Dictionary(
    uniqueKeysWithValues: documents.map { ($0.path, headingAnchors(of: $0)) })
  let paths = Set(texts.map(\.path))
  return documents.flatMap { document in
    document.lines.enumerated().flatMap { index, line in
      targets(in: line).compactMap { target in
        problem(with: target, in: document, paths, anchors)
          .map { Finding(document, line: index + 1, $0) }
      }
    }
  }
}

/// The targets of the links in a line, without the parentheses. An indented line is code and has
/// no links.
private func targets(in line: String) -> [Substring] {
  guard !line.hasPrefix("    ") else { return [] }
  var targets: [Substring] = []
  var rest = line[...]
  while let start = rest.firstRange(of: "](") {
    rest = rest[start.upperBound...]
    guard let end = rest.firstIndex(of: ")") else { break }
    targets.append(rest[..<end])
  }
  return targets
}

private func problem(
  with target: Substring, in document: SourceText, _ paths: Set<String>,
  _ anchors: [String: Set<String>]
) -> String? {
  guard !target.contains("://") else { return nil }
  let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
  let path = parts[0].isEmpty ? document.path : resolved(parts[0], from: document.path)
  // Pictures are no texts.
  if path.hasSuffix(".png") { return nil }
  guard paths.contains(path) || path.isEmpty else { return "\(target): there is no \(path)" }
  guard parts.count > 1, let known = anchors[path] else { return nil }
  return known.contains(String(parts[1])) ? nil : "\(target): \(path) has no such heading"
}

/// A relative path of a document as a path from the project's folder on.
private func resolved(_ target: Substring, from document: String) -> String {
  var folders = document.split(separator: "/").dropLast()
  for part in target.split(separator: "/") {
    if part == ".." { folders = folders.dropLast() } else if part != "." { folders.append(part) }
  }
  return folders.joined(separator: "/")
}

/// The anchors of a document's headings, as GitHub makes them.
private func headingAnchors(of document: SourceText) -> Set<String> {
  Set(
    document.lines.filter { $0.hasPrefix("#") }.map { heading in
      heading.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
        .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
        .replacing(" ", with: "-")
    })
}
