import Foundation

/// The figures of a namespace in the statistics (§2 rule 14).
struct NamespaceFigures: Codable, Equatable {
  let created: UInt64
  let members: UInt64
  let connections: UInt64
  let modified: UInt64
  let peak: UInt64
  let peakAt: UInt64
  let memberSeconds: UInt64

  private enum CodingKeys: String, CodingKey {
    case created, members, connections, modified, peak
    case peakAt = "peak_at"
    case memberSeconds = "member_seconds"
  }
}

extension RunningDaemon {
  /// Sends one request on a connection of its own; the answer is the response.
  func ask(
    _ port: UInt16, _ request: String, within seconds: Double = Deadline.timeout
  ) throws -> HTTPAnswer {
    let deadline = Deadline(within: seconds)
    while true {
      let client = try connect(to: port)
      try client.send(request, within: deadline.seconds)
      if port == statistics,
        try client.nextByte(within: deadline.seconds) == UInt8(ascii: "{"), !deadline.hasPassed
      {
        // Bare JSON: this thread was held up for 100 ms between connecting and sending.
        continue
      }
      return try client.readAnswer(
        isHead: request.hasPrefix("HEAD "), within: deadline.seconds)
    }
  }

  /// The count of a namespace, as a plain request gets it.
  func count(_ namespace: String) throws -> Int? {
    Int(try ask(audience, request("GET /\(namespace)")).body.dropLast())
  }

  /// The figures of each namespace, by its name.
  func figures() throws -> [String: NamespaceFigures] {
    let body = try ask(admin, request("GET /stats")).body
    return try JSONDecoder().decode([String: NamespaceFigures].self, from: Data(body.utf8))
  }

  /// Waits until a namespace has that many members.
  func awaitMembers(
    _ namespace: String, _ count: Int, within seconds: Double = Deadline.timeout
  ) throws {
    var members: Int?
    do {
      try eventually("\(count) members of \(namespace)", within: seconds) {
        members = try self.count(namespace)
        return members == count
      }
    } catch { throw HarnessError("\(error), which has \(members ?? -1)") }
  }

  /// Waits until all namespaces together have that many members.
  func awaitTotal(_ count: UInt64) throws {
    try eventually("\(count) members in all") {
      try figures().values.reduce(0) { $0 + $1.members } == count
    }
  }

  /// Waits until the statistics have exactly these namespaces.
  func awaitNamespaces(_ names: Set<String>) throws {
    try eventually("the namespaces \(names.sorted())") { try Set(figures().keys) == names }
  }

  /// Sends a message; the answer is the body of the response, which has the number of streams that
  /// get it.
  @discardableResult
  func sendMessage(
    _ text: String, to namespace: String, from service: String = "s"
  ) throws -> String {
    let head = request("POST /\(namespace)/\(service)", "Content-Length: \(text.utf8.count)")
    return try ask(messages, head + text).body
  }
}
