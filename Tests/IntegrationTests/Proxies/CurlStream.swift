/// An event stream that curl reads, over TLS and HTTP/2 too.
final class CurlStream {
  let curl: ChildProgram

  /// The status line and the fields, as they were received.
  let head: String
  let greeting: StreamEvent

  /// Whether curl is installed.
  static var isInstalled: Bool { ChildProgram.path(of: "curl") != nil }

  /// Opens a stream with curl's `options`, and waits for the first event.
  init(_ options: [String], from url: String) throws {
    curl = try ChildProgram.curl(["-iN", "-H", "Accept: text/event-stream"] + options + [url])
    do {
      head = try curl.output.read(through: "\r\n\r\n")
      greeting = try Self.event(from: curl)
    } catch {
      throw HarnessError("\(error); curl wrote: \(curl.standardError.takeReceived())")
    }
  }

  /// The version of the protocol and the status: `HTTP/2 200`.
  var status: String { head.split(separator: " ").prefix(2).joined(separator: " ") }

  func next() throws -> StreamEvent { try Self.event(from: curl) }

  /// Ends curl as a kill does.
  func leave() { curl.end() }

  private static func event(from curl: ChildProgram) throws -> StreamEvent {
    let block = try curl.output.read(through: "\n\n")
    return StreamEvent(lines: block.split(separator: "\n").map { String($0) })
  }
}

extension ChildProgram {
  /// Starts curl, without any proxy that the environment may name, for two minutes at most.
  static func curl(_ arguments: [String]) throws -> ChildProgram {
    try ChildProgram("curl", ["-sS", "--noproxy", "*", "--max-time", "120"] + arguments)
  }
}
