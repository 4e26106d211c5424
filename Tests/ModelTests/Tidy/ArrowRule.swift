// Which folder may use which. The folders of a module are in an order, and each uses only those
// before it (docs/ARCHITECTURE.md). What is compared is the names of types that are declared at the
// top level of one folder only.

/// The folders of each module in their order.
let folderOrder: [(module: String, folders: [String])] = [
  (
    "Sources/MeterModel",
    [
      "Vocabulary", "Crypto", "Structures", "Meter", "Cluster/Wire", "HTTP", "Cluster", "Node",
      "Log", "Log/Text", "Log/Binary", "Log/Replay", "Analysis", "Simulation",
    ]
  ),
  (
    "Sources/MeterIO",
    [
      "System", "Carriers", "Journal", "Streams", "Ports", "HTTP", "Node", "Bench", "Daemon",
    ]
  ),
]

func arrowFindings(in texts: [SourceText]) -> [Finding] {
  folderOrder.flatMap { module, folders in
    let files = texts.filter { $0.isSwift && $0.path.hasPrefix("\(module)/") }
      .map { (text: $0, folder: folder(of: $0, in: module, folders), code: SwiftCode($0)) }
    let strays = files.filter { $0.folder == nil }
      .map { Finding($0.text, line: 1, "this folder has no place in \(module)") }
    let homes = homesOfTypes(in: files.map { ($0.folder, $0.code) })
    return strays
      + files.flatMap { file -> [Finding] in
        guard let folder = file.folder else { return [] }
        return usesOfLaterFolders(file.text, file.code, folder, homes, folders)
      }
  }
}

/// The position of a file's folder in the order; nil if it has none.
private func folder(of text: SourceText, in module: String, _ folders: [String]) -> Int? {
  let rest = text.path.dropFirst(module.count + 1)
  let matches = folders.indices.filter { rest.hasPrefix("\(folders[$0])/") }
  return matches.max { folders[$0].count < folders[$1].count }
}

/// The folder that declares each type at its top level. Types that two folders declare, nested ones
/// too, are left out.
private func homesOfTypes(in files: [(folder: Int?, code: SwiftCode)]) -> [String: Int] {
  var folders: [String: Set<Int>] = [:]
  var visible: Set<String> = []
  for (folder, code) in files {
    guard let folder else { continue }
    for declaration in code.declarations {
      folders[declaration.name, default: []].insert(folder)
      if declaration.isVisible { visible.insert(declaration.name) }
    }
  }
  return folders.filter { visible.contains($0.key) && $0.value.count == 1 }
    .compactMapValues(\.first)
}

private func usesOfLaterFolders(
  _ text: SourceText, _ code: SwiftCode, _ folder: Int, _ homes: [String: Int], _ folders: [String]
) -> [Finding] {
  var findings: [Finding] = []
  var reported: Set<String> = []
  code.visitTypeNames { name, line in
    guard let home = homes[name], home > folder, reported.insert(name).inserted else { return }
    findings.append(
      Finding(text, line: line, "\(folders[folder]) uses \(name), which is of \(folders[home])"))
  }
  return findings
}
