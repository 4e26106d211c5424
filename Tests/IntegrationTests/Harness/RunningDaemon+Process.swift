import Foundation

/// The daemon's process, as the kernel shows it in `/proc`.
extension RunningDaemon {
  /// The number of its open sockets while no client is connected. Each thread that has answered a
  /// request has opened all of its sockets.
  func idleSockets() throws -> Int {
    for _ in 0..<32 { _ = try ask(audience, request("GET /")) }
    _ = try figures()
    return try sockets
  }

  /// The number of its open sockets, in the descriptor tables of all its threads.
  var sockets: Int {
    get throws {
      let names = try descriptorTables().joined()
      return Set(names.filter { $0.hasPrefix("socket:") }).count
    }
  }

  /// The number of descriptors in the fullest table of its threads.
  var maximumDescriptors: Int {
    get throws { try descriptorTables().map(\.count).max() ?? 0 }
  }

  /// The number of descriptors in the table of one of its threads.
  func descriptors(ofThread name: String) throws -> Int {
    for task in try tasks() {
      let title = try String(contentsOfFile: "\(task)/comm", encoding: .utf8)
      if title == "\(name)\n" { return try Self.openFiles(of: task).count }
    }
    throw HarnessError("there is no thread \(name)")
  }

  /// The open files of each of its threads.
  private func descriptorTables() throws -> [[String]] {
    try tasks().map { try Self.openFiles(of: $0) }
  }

  private func tasks() throws -> [String] {
    let folder = "/proc/\(process)/task"
    return try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
  }

  /// The open files of a thread, without those that are closed meanwhile.
  private static func openFiles(of task: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(task)/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(task)/fd/\($0)")
    }
  }

  /// The memory that belongs to no file, in KB.
  func privateMemory() throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("Anonymous:") }
    let words = line?.split(separator: " ") ?? []
    guard words.count > 1, let kilobytes = Int(words[1]) else {
      throw HarnessError("smaps_rollup of \(process) has no such line")
    }
    return kilobytes
  }

  /// Its resident memory, in MB.
  var residentMegabytes: Int {
    get throws {
      let text = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
      guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
        throw HarnessError("/proc/\(process)/statm: \(text)")
      }
      return pages / 256
    }
  }

  /// Lowers the limit of its descriptors while it runs.
  func limitDescriptors(to limit: Int) throws {
    let tool = try ChildProgram("prlimit", ["--pid", "\(process)", "--nofile=\(limit):"])
    let end = try tool.awaitExit()
    guard end.status == 0 else { throw HarnessError("prlimit: \(end.standardError)") }
  }

  /// The CPU time that it has used, in clock ticks of 10 ms.
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

  /// Waits for a second in which it uses less than 50 ms of CPU time. A loop that goes on without
  /// an event never has one, also on a machine with several such loops beside it.
  func awaitIdleSecond() throws {
    try eventually("a second without work") {
      let before = try ticks
      // No event tells that nothing happened.
      let end = Deadline(within: 1)
      while !end.hasPassed { poll(nil, 0, end.milliseconds) }
      return try ticks - before < 5
    }
  }
}
