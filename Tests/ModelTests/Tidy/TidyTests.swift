import Testing

/// What the project agreed on, checked on its own files (see TidyRule).
struct TidyTests {
  @Test(arguments: TidyRule.allCases)
  func `a rule finds the faults that are planted, and no others`(rule: TidyRule) {
    #expect(rule.findings(in: rule.plantedProject).map(\.description) == rule.plantedFindings)
  }

  @Test(
    .enabled(if: SourceTree.isPresent, "the sources are not where this test was built"),
    arguments: TidyRule.allCases)
  func `the project keeps to a rule`(rule: TidyRule) throws {
    let texts = try SourceTree.texts()
    try #require(texts.count > 300)
    let findings = rule.findings(in: texts)
    #expect(
      findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
  }

  @Test func `a section of a public standard is no section of the specification`() {
    let texts = [
      SourceText("docs/SPEC.md", "## 2. Counting\n"),
      SourceText("Sources/A.swift", "// RFC 9112, §6.3\n// HTML Standard, §9.2\n// see §9.2\n"),
      SourceText("Sources/B.swift", "// see §9.2, SPEC §2\n"),
    ]
    #expect(
      referenceFindings(in: texts).map(\.description)
        == ["Sources/B.swift:1: §9.2 is no section of docs/SPEC.md"])
  }

  @Test func `a literal of several lines and a comment use no types`() {
    let code = SwiftCode(
      SourceText(
        "A.swift", "let a = \"\"\"\n  Peer\n  \"\"\"\nlet b = Name.Inner(\"\\(c)\") // Not"))
    var names: [String] = []
    code.visitTypeNames { name, line in names.append("\(name):\(line)") }
    #expect(names == ["Name:4"])
  }
}
