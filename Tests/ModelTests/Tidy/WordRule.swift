// Words that were replaced by the usual terms of the field. They are looked for in names, comments
// and documents alike, as whole words or as parts of a name: `tellingQueue` has `telling` in it.

/// A replaced word, in lower case, and what to write instead.
private let replacedWords = [
  "telling": "broadcast", "tellings": "broadcasts",
  "dialogue": "HTTP connection",
  "dialogues": "HTTP connections",
  "patience": "timeout", "sequencer": "node", "lethal": "unsafeForLegacy",
  "keeper": "tombstone", "heed": "accept", "heeds": "accepts", "untold": "in flight",
  "unsaid": "not acknowledged",
]

/// Names that were replaced, as they were written.
private let replacedNames = [
  "SideTable": "Slab", "Ring": "FIFO", "Presence": "ReactorRoutes", "Deliveries": "MessageFlow",
  "Strides": "elementSize", "ReactorStrides": "elementSize", "TextRange": "ByteRange",
  "ClusterNode": "Membership", "ClusterOrders": "ClusterDirectives",
  "OriginalNode": "LegacyNode", "OriginalPeer": "LegacyPeer", "isOld": "isLegacy",
]

/// What names of limits do not begin with.
private let replacedPrefixes = [
  "most": "maximum", "fewest": "minimum", "least": "minimum", "longest": "maximum",
]

func wordFindings(in texts: [SourceText]) -> [Finding] {
  texts.filter { !$0.isOfTidyTest }.flatMap { text in
    text.lines.enumerated().flatMap { index, line in
      replacements(in: line).map { word, better in
        Finding(text, line: index + 1, "\(word): write \(better)")
      }
    }
  }
}

/// The replaced words of a line, each with the better one.
private func replacements(in line: String) -> [(word: String, better: String)] {
  var found: [(String, String)] = []
  for word in names(in: line) {
    if let better = replacedNames[word] {
      found.append((word, better))
      continue
    }
    let parts = nameParts(word)
    if parts.count > 1, let better = replacedPrefixes[parts[0]] {
      found.append((word, better))
    }
    for part in parts {
      if let better = replacedWords[part.lowercased()] { found.append((part, better)) }
    }
  }
  return found
}

/// The names and words of a line: runs of ASCII letters and digits.
func names(in line: String) -> [String] {
  line.utf8.split { byte in
    !(48...57).contains(byte) && !(65...90).contains(byte) && !(97...122).contains(byte)
  }
  .map { String(decoding: $0, as: UTF8.self) }
}

/// A name at its capitals: `mostLeavesUnsaid` is `most`, `Leaves`, `Unsaid`.
func nameParts(_ name: String) -> [String] {
  var parts: [String] = []
  var wasCapital = true
  for character in name {
    let isCapital = character.isUppercase
    if parts.isEmpty || isCapital && !wasCapital {
      parts.append(String(character))
    } else {
      parts[parts.count - 1].append(character)
    }
    wasCapital = isCapital
  }
  return parts
}
