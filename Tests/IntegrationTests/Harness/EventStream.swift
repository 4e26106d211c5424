/// One block of an event stream.
struct StreamEvent: Equatable {
  /// Its lines, without the empty line at its end.
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

  /// The daemon of the stream, which lives as long as the stream is in use.
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
    greeting = try Self.event(from: client, within: Deadline.timeout)
  }

  /// The next event.
  func next(within seconds: Double = Deadline.timeout) throws -> StreamEvent {
    try Self.event(from: client, within: seconds)
  }

  /// Reads until an event with that count; the answer is all events up to it.
  @discardableResult
  func read(
    untilCount count: Int, within seconds: Double = Deadline.timeout
  ) throws -> [StreamEvent] {
    try read(within: seconds) { $0.count == count }
  }

  /// Reads until an event with that data; the answer is all events up to it.
  @discardableResult
  func read(
    untilData data: String, within seconds: Double = Deadline.timeout
  ) throws -> [StreamEvent] {
    try read(within: seconds) { $0.data == data }
  }

  /// Reads until an event for which `isLast` is true; the answer is all events up to it.
  private func read(
    within seconds: Double, until isLast: (StreamEvent) -> Bool
  ) throws -> [StreamEvent] {
    let deadline = Deadline(within: seconds)
    var events: [StreamEvent] = []
    repeat {
      events.append(try next(within: deadline.seconds))
    } while events.last.map(isLast) != true
    return events
  }

  private static func event(from client: RawClient, within seconds: Double) throws -> StreamEvent {
    let block = try client.read(through: "\n\n", within: seconds)
    return StreamEvent(lines: block.split(separator: "\n").map { String($0) })
  }
}
