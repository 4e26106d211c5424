// References: what a comment or a document names must be there. Files are named with their
// extension (`Meter.swift`, `docs/SPEC.md`), parts of the specification as "§4" and "rule 8".
// Sections of public standards are left alone; the standard's name stands before them.

func referenceFindings(in texts: [SourceText]) -> [Finding] {
  let specification = Specification(texts)
  let files = Set(texts.map(\.name))
  return texts.filter { !$0.isOfTidyTest }.flatMap { text -> [Finding] in
    var findings: [Finding] = []
    var before = ""
    for (index, line) in text.lines.enumerated() {
      let prose = line.drop { " /#*".contains($0) }
      for problem in fileProblems(in: line, files)
        + specification.problems(in: String(prose), after: before)
      {
        findings.append(Finding(text, line: index + 1, problem))
      }
      before = String((before + " " + prose).suffix(60))
    }
    return findings
  }
}

/// Files that a line names and that do not exist. A name with a placeholder in it is none.
private func fileProblems(in line: String, _ files: Set<String>) -> [String] {
  guard line.contains(".swift") || line.contains(".md") else { return [] }
  let words = line.split { !$0.isLetter && !$0.isNumber && !"+-_./$\\".contains($0) }
  return words.compactMap { word in
    guard word.hasSuffix(".swift") || word.hasSuffix(".md") else { return nil }
    let name = word.split(separator: "/").last.map(String.init) ?? ""
    let stem = name.split(separator: ".").first ?? ""
    guard !word.contains("$"), !word.contains("\\"), !name.hasPrefix("."), !stem.isEmpty,
      !files.contains(name)
    else {
      return nil
    }
    return "\(word) does not exist"
  }
}

/// The numbers of the specification's sections and rules.
private struct Specification {
  private var sections: Set<Int> = []
  private var rules: Set<Int> = []

  init(_ texts: [SourceText]) {
    guard let text = texts.first(where: { $0.path == "docs/SPEC.md" }) else { return }
    for line in text.lines {
      if line.hasPrefix("## "), let number = leadingNumber(line.dropFirst(3)) {
        sections.insert(number)
      }
      if line.hasPrefix("### Rule "), let number = leadingNumber(line.dropFirst(9)) {
        rules.insert(number)
      }
    }
  }

  /// The sections and rules of a line that do not exist. `before` is the text that it continues.
  func problems(in line: String, after before: String) -> [String] {
    sectionProblems(in: line, after: before) + ruleProblems(in: line)
  }

  private func sectionProblems(in line: String, after before: String) -> [String] {
    guard line.contains("§") else { return [] }
    var problems: [String] = []
    var index = line.startIndex
    while let sign = line[index...].firstIndex(of: "§") {
      index = line.index(after: sign)
      let context = (before + " " + line[..<sign]).suffix(60)
      let reference = line[index...].prefix { $0.isNumber || $0 == "." || $0 == " " }
        .trimmingPrefix(" ").prefix { $0 != " " }
      let digits = reference.last == "." ? reference.dropLast() : reference
      guard !digits.isEmpty, !namesStandard(context) else { continue }
      guard let number = Int(digits), sections.contains(number) else {
        problems.append("§\(digits) is no section of docs/SPEC.md")
        continue
      }
    }
    return problems
  }

  /// "rule 4 (a)", "rules 1 to 3, 5 and 10".
  private func ruleProblems(in line: String) -> [String] {
    let words = line.split { " ()`".contains($0) }
    var problems: [String] = []
    for (index, word) in words.enumerated() {
      guard ["rule", "rules", "Rule", "Rules"].contains(word) else { continue }
      for follower in words[(index + 1)...] {
        let number = follower.prefix { $0.isNumber }
        let end = follower.dropFirst(number.count)
        if let number = Int(number) {
          if !rules.contains(number) { problems.append("rule \(number) is not in docs/SPEC.md") }
        } else if !["and", "or", "to", "a", "b"].contains(follower) {
          break
        }
        guard end.isEmpty || end == "," || number.isEmpty else { break }
      }
    }
    return problems
  }
}

private func namesStandard(_ context: Substring) -> Bool {
  ["RFC ", "FIPS ", "Standard", "Unicode"].contains { context.contains($0) }
    && !context.contains("SPEC")
}

private func leadingNumber(_ text: Substring) -> Int? { Int(text.prefix { $0.isNumber }) }
