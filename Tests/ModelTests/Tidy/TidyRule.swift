// What the project agreed on and no compiler checks. Each rule is a function from texts to
// findings, and has an example that it must find, so that a rule which no longer works is noticed.

/// One rule.
enum TidyRule: String, CaseIterable, Sendable {
  /// The model imports nothing, not even the standard C library.
  case imports

  /// A folder uses the types of the folders before it, and of no others.
  case arrows

  /// No line is longer than 100 characters, of code, comments and documents. Tables and indented
  /// blocks of documents may be wider.
  case columns

  /// No Swift file is longer than 400 lines.
  case lengths

  /// What a comment or a document names exists: files, sections and rules of the specification.
  case references

  /// Links between documents lead to a file, and to a heading of it.
  case links

  /// Words that were replaced by the usual terms do not return.
  case words

  /// What is left to do is in an issue and not in the code.
  case reminders

  /// Where the rule does not hold.
  func findings(in texts: [SourceText]) -> [Finding] {
    switch self {
    case .imports: importFindings(in: texts)
    case .arrows: arrowFindings(in: texts)
    case .columns: columnFindings(in: texts)
    case .lengths: lengthFindings(in: texts)
    case .references: referenceFindings(in: texts)
    case .links: linkFindings(in: texts)
    case .words: wordFindings(in: texts)
    case .reminders: reminderFindings(in: texts)
    }
  }
}

func importFindings(in texts: [SourceText]) -> [Finding] {
  texts.filter { $0.isSwift && $0.path.hasPrefix("Sources/MeterModel/") }.flatMap { text in
    SwiftCode(text).lines.enumerated().compactMap { index, line in
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      return words.contains("import")
        ? Finding(text, line: index + 1, "the model imports nothing") : nil
    }
  }
}

/// How wide a line may be.
let columnLimit = 100

func columnFindings(in texts: [SourceText]) -> [Finding] {
  texts.flatMap { text in
    text.lines.enumerated().compactMap { index, line in
      guard line.utf8.count > columnLimit, line.count > columnLimit else { return nil }
      if text.isDocument, line.hasPrefix("|") || line.hasPrefix("    ") { return nil }
      return Finding(text, line: index + 1, "\(line.count) columns, more than \(columnLimit)")
    }
  }
}

/// How long a Swift file may be.
let lineLimit = 400

func lengthFindings(in texts: [SourceText]) -> [Finding] {
  texts.filter { $0.isSwift && $0.lines.count > lineLimit }.map { text in
    Finding(text, line: lineLimit + 1, "\(text.lines.count) lines, more than \(lineLimit)")
  }
}

func reminderFindings(in texts: [SourceText]) -> [Finding] {
  texts.filter { !$0.isOfTidyTest }.flatMap { text in
    text.lines.enumerated().compactMap { index, line in
      for word in ["TODO", "FIXME"] where line.contains(word) {
        return Finding(text, line: index + 1, "\(word): what is left to do is in an issue")
      }
      return nil
    }
  }
}

extension SourceText {
  /// The rules' own files name what they forbid.
  var isOfTidyTest: Bool { path.hasPrefix("Tests/ModelTests/Tidy/") }
}
