// For each rule a small project in which it is broken, and what it must find there.

extension TidyRule {
  /// A project with faults of this rule beside what the rule allows.
  var plantedProject: [SourceText] {
    switch self {
    case .imports:
      [
        SourceText("Sources/MeterModel/Meter/Meter.swift", "// import\nimport Glibc\n"),
        SourceText("Sources/MeterIO/System/Clock.swift", "import Glibc\n"),
      ]
    case .arrows:
      [
        SourceText(
          "Sources/MeterModel/Cluster/Wire/Name.swift",
          "// Peer, \"Peer\"\nstruct Name {}\nlet peer: Peer? = nil\nlet text = \"Peer\"\n"),
        SourceText("Sources/MeterModel/Cluster/Peer.swift", "struct Peer { let name: Name }\n"),
        SourceText(
          "Sources/MeterIO/System/Own.swift", "private struct Peer {}\nlet own = Peer()\n"),
        SourceText("Sources/MeterIO/Attic/Old.swift", "struct Old {}\n"),
      ]
    case .columns:
      [
        SourceText(
          "Sources/A.swift",
          "// " + String(repeating: "é", count: 97) + "\n// " + String(repeating: "é", count: 98)),
        SourceText(".ci/run", String(repeating: "x", count: 101)),
        SourceText(
          "docs/A.md",
          ["", "| ", "    "].map { $0 + String(repeating: "x", count: 101) }.joined(separator: "\n")
        ),
      ]
    case .lengths:
      [
        SourceText("Sources/A.swift", String(repeating: "\n", count: 400)),
        SourceText("Sources/B.swift", String(repeating: "\n", count: 401)),
      ]
    case .references:
      [
        SourceText("docs/SPEC.md", "## 2. Counting\n### Rule 1: Open\n### Rule 4: Told\n"),
        SourceText(
          "Sources/A.swift",
          """
          // docs/SPEC.md and docs/PLAN.md, A.swift and B.swift, Names+Parts.swift, $a.swift
          // §2 rule 4 (a), §7, and RFC 9112
          // §6.3, which is not ours; what follows on the next line is, and does not exist.
          // §2.8
          // rules 1, 4 and 5; after rule 4 (b): 25 s
          """),
      ]
    case .links:
      [
        SourceText("README.md", "[a](docs/A.md#the-end) [b](docs/B.md) [c](docs/A.md#no)\n"),
        SourceText("docs/A.md", "# A\n## The end\n[up](../README.md), [here](#a-1)\n"),
      ]
    case .words:
      [
        SourceText(
          "Sources/A.swift",
          "let mostBytes = 1\nlet most = 2 // at least\n// The sequencer\nvar tellingsTelling = 3\n"
        ),
        SourceText("docs/A.md", "Ring\nString, a ring\nisOldBrowser\n"),
      ]
    case .reminders:
      [SourceText("Sources/A.swift", "// To do: nothing.\n// TODO: all of it\n")]
    }
  }

  /// What the rule finds in it.
  var plantedFindings: [String] {
    switch self {
    case .imports: ["Sources/MeterModel/Meter/Meter.swift:2: the model imports nothing"]
    case .arrows:
      [
        "Sources/MeterModel/Cluster/Wire/Name.swift:3: Cluster/Wire uses Peer, which is of Cluster",
        "Sources/MeterIO/Attic/Old.swift:1: this folder has no place in Sources/MeterIO",
      ]
    case .columns:
      [
        "Sources/A.swift:2: 101 columns, more than 100",
        ".ci/run:1: 101 columns, more than 100",
        "docs/A.md:1: 101 columns, more than 100",
      ]
    case .lengths: ["Sources/B.swift:401: 401 lines, more than 400"]
    case .references:
      [
        "Sources/A.swift:1: docs/PLAN.md does not exist",
        "Sources/A.swift:1: B.swift does not exist",
        "Sources/A.swift:1: Names+Parts.swift does not exist",
        "Sources/A.swift:2: §7 is no section of docs/SPEC.md",
        "Sources/A.swift:4: §2.8 is no section of docs/SPEC.md",
        "Sources/A.swift:5: rule 5 is not in docs/SPEC.md",
      ]
    case .links:
      [
        "README.md:1: docs/B.md: there is no docs/B.md",
        "README.md:1: docs/A.md#no: docs/A.md has no such heading",
        "docs/A.md:3: #a-1: docs/A.md has no such heading",
      ]
    case .words:
      [
        "Sources/A.swift:1: mostBytes: write maximum",
        "Sources/A.swift:3: sequencer: write node",
        "Sources/A.swift:4: tellings: write broadcasts",
        "Sources/A.swift:4: Telling: write broadcast",
        "docs/A.md:1: Ring: write FIFO",
      ]
    case .reminders: ["Sources/A.swift:2: TODO: what is left to do is in an issue"]
    }
  }
}
