import Foundation

/// An event stream that curl reads: what a real client makes of the bytes, of TLS, of HTTP/2.
final class CurlStream {
  let curl: ChildProgram

  /// The status line and the fields, in the case in which they came.
  let head: String
  let greeting: StreamEvent

  /// Whether there is a curl to run.
  static var isInstalled: Bool { ChildProgram.path(of: "curl") != nil }

  /// Opens a stream with curl's `options`, and waits for the first event.
  init(_ options: [String], from url: String) throws {
    curl = try ChildProgram.curl(["-iN", "-H", "Accept: text/event-stream"] + options + [url])
    do {
      head = try curl.output.read(through: "\r\n\r\n")
      greeting = try Self.event(from: curl)
    } catch {
      throw HarnessError("\(error); curl said: \(curl.complaints.takeWhatCame())")
    }
  }

  /// The protocol's version and the status: `HTTP/2 200`.
  var status: String { head.split(separator: " ").prefix(2).joined(separator: " ") }

  func next() throws -> StreamEvent { try Self.event(from: curl) }

  /// Goes away without a word, as by a cut of the process.
  func leave() { curl.end() }

  private static func event(from curl: ChildProgram) throws -> StreamEvent {
    let block = try curl.output.read(through: "\n\n")
    return StreamEvent(lines: block.split(separator: "\n").map { String($0) })
  }
}

extension ChildProgram {
  /// Runs curl, without any proxy that the surroundings may name, and only as long as a test lasts.
  static func curl(_ arguments: [String]) throws -> ChildProgram {
    try ChildProgram("curl", ["-sS", "--noproxy", "*", "--max-time", "60"] + arguments)
  }
}
