import Foundation

/// What the statistics say of a namespace.
struct NamespaceFigures: Codable, Equatable {
  let created: UInt64
  let members: UInt64
  let connections: UInt64
  let modified: UInt64
}

extension RunningDaemon {
  /// Sends one request on a connection of its own; the answer is what comes back.
  func ask(
    _ port: UInt16, _ request: String, within seconds: Double = Deadline.patience
  ) throws -> HTTPAnswer {
    let client = try connect(to: port)
    try client.send(request)
    if port == statistics, try client.nextByte(within: seconds) == UInt8(ascii: "{") {
      // The bare JSON: between connecting and sending, this thread was held up for 100 ms.
      return try ask(port, request, within: seconds)
    }
    return try client.readAnswer(toHead: request.hasPrefix("HEAD "), within: seconds)
  }

  /// A namespace's count as who does not join it is told.
  func count(_ namespace: String) throws -> Int? {
    Int(try ask(audience, request("GET /\(namespace)")).body.dropLast())
  }

  func statistics(within seconds: Double = Deadline.patience) throws -> [String: NamespaceFigures] {
    let body = try ask(statistics, request("GET /stats"), within: seconds).body
    return try JSONDecoder().decode([String: NamespaceFigures].self, from: Data(body.utf8))
  }

  /// Asks until a namespace has that many members.
  func awaitMembers(
    _ namespace: String, _ count: Int, within seconds: Double = Deadline.patience
  ) throws {
    let deadline = Deadline(within: seconds)
    while true {
      let members = try self.count(namespace)
      if members == count { return }
      guard !deadline.hasPassed else {
        throw HarnessError("\(namespace) has \(members ?? -1) members, not \(count)")
      }
    }
  }

  /// Asks until all namespaces together have that many members.
  func awaitTotal(_ count: UInt64, within seconds: Double = Deadline.patience) throws {
    let deadline = Deadline(within: seconds)
    while true {
      let members = try statistics().values.reduce(0) { $0 + $1.members }
      if members == count { return }
      guard !deadline.hasPassed else {
        throw HarnessError("\(members) members in all, not \(count)")
      }
    }
  }

  /// Sends a message; the answer is how many were told.
  @discardableResult
  func sendMessage(
    _ text: String, to namespace: String, from service: String = "s"
  ) throws -> String {
    let head = request("POST /\(namespace)/\(service)", "Content-Length: \(text.utf8.count)")
    return try ask(messages, head + text).body
  }

  /// How many sockets it has open when nobody is connected. Those of its threads that were asked something
  /// have opened all of theirs.
  func idleSockets() throws -> Int {
    for _ in 0..<32 { _ = try ask(audience, request("GET /")) }
    _ = try statistics()
    return try sockets
  }

  /// How many sockets it has open, in whichever of its threads' descriptor tables.
  var sockets: Int {
    get throws {
      let names = try descriptorTables().joined()
      return Set(names.filter { $0.hasPrefix("socket:") }).count
    }
  }

  /// How many descriptors the fullest of its threads' tables has.
  var mostDescriptors: Int {
    get throws { try descriptorTables().map(\.count).max() ?? 0 }
  }

  /// How many descriptors the table of one of its threads has.
  func descriptors(ofThread name: String) throws -> Int {
    for task in try tasks() {
      let title = try String(contentsOfFile: "\(task)/comm", encoding: .utf8)
      if title == "\(name)\n" { return try Self.openFiles(of: task).count }
    }
    throw HarnessError("there is no thread \(name)")
  }

  /// What each of its threads has open.
  private func descriptorTables() throws -> [[String]] {
    try tasks().map { try Self.openFiles(of: $0) }
  }

  private func tasks() throws -> [String] {
    let folder = "/proc/\(process)/task"
    return try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
  }

  /// A connection that is closed meanwhile is none.
  private static func openFiles(of task: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(task)/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(task)/fd/\($0)")
    }
  }

  /// How much memory it has that is no file's, in KB.
  func privateMemory() throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("Anonymous:") }
    let words = line?.split(separator: " ") ?? []
    guard words.count > 1, let kilobytes = Int(words[1]) else {
      throw HarnessError("smaps_rollup of \(process) has no such line")
    }
    return kilobytes
  }

  /// Lowers the limit of its descriptors while it runs.
  func limitDescriptors(to limit: Int) throws {
    let tool = try Process.run(
      URL(fileURLWithPath: "/usr/bin/prlimit"),
      arguments: ["--pid", "\(process)", "--nofile=\(limit):"])
    tool.waitUntilExit()
    guard tool.terminationStatus == 0 else { throw HarnessError("prlimit failed") }
  }

  /// How much CPU time it has used, in clock ticks (1/100 s).
  var ticks: Int {
    get throws {
      let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      let fields = text.split(separator: " ")
      guard fields.count > 15, let user = Int(fields[13]), let system = Int(fields[14]) else {
        throw HarnessError("/proc/\(process)/stat: \(text)")
      }
      return user + system
    }
  }

  /// How much memory it occupies.
  var residentMegabytes: Int {
    get throws {
      let text = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
      let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? .max
      return pages / 256
    }
  }

  var isRunning: Bool { Glibc.kill(process, 0) == 0 }
}
