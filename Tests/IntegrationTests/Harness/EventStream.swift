/// One block of an event stream.
struct StreamEvent: Equatable {
  /// The lines as they came, without the empty line.
  let lines: [String]

  /// The values of a field.
  func values(of name: String) -> [String] {
    lines.filter { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
  }

  var data: String? {
    values(of: "data").isEmpty ? nil : values(of: "data").joined(separator: "\n")
  }
  var count: Int? { data.flatMap { Int($0) } }
  var id: String? { values(of: "id").first }
  var retry: Int? { values(of: "retry").first.flatMap { Int($0) } }
}

/// An open event stream, read as a client reads it.
final class EventStream {
  let client: RawClient
  let head: HTTPAnswer

  /// The first event.
  let greeting: StreamEvent

  /// Whose stream it is; it lives as long as the stream is in use.
  private let daemon: RunningDaemon

  init(
    _ path: String, of daemon: RunningDaemon, _ fields: String..., by address: Loopback = .v4,
    receiveBuffer: Int32? = nil
  ) throws {
    self.daemon = daemon
    client = try daemon.connect(to: daemon.audience, by: address, receiveBuffer: receiveBuffer)
    try client.send(request("GET \(path)", ["Accept: text/event-stream"] + fields))
    head = try client.readAnswerHead()
    guard head.status == 200, head["Content-Type"] == "text/event-stream" else {
      throw HarnessError("no stream: \(head.head)")
    }
    greeting = try Self.event(from: client, within: Deadline.patience)
  }

  /// The next event, whole.
  func next(within seconds: Double = Deadline.patience) throws -> StreamEvent {
    try Self.event(from: client, within: seconds)
  }

  /// Reads until a count is told; the answer is all events up to it.
  @discardableResult
  func read(
    untilTold count: Int, within seconds: Double = Deadline.patience
  ) throws -> [StreamEvent] {
    let deadline = Deadline(within: seconds)
    var events: [StreamEvent] = []
    while events.last?.count != count {
      events.append(try next(within: Double(deadline.milliseconds) / 1000))
    }
    return events
  }

  /// Reads until an event with that data; the answer is all events up to it.
  func read(
    untilData data: String, within seconds: Double = Deadline.patience
  ) throws -> [StreamEvent] {
    let deadline = Deadline(within: seconds)
    var events: [StreamEvent] = []
    while events.last?.data != data {
      events.append(try next(within: Double(deadline.milliseconds) / 1000))
    }
    return events
  }

  private static func event(from client: RawClient, within seconds: Double) throws -> StreamEvent {
    let block = try client.read(through: "\n\n", within: seconds)
    return StreamEvent(lines: block.split(separator: "\n").map { String($0) })
  }
}
