import CLinux
import Foundation

/// Another website: a server of a test's own files, on a free port.
final class PageServer: Sendable {
  /// The response to a path.
  struct File: Sendable {
    var type = "text/html; charset=utf-8"
    let content: String

    /// A page that loads scripts from these addresses in turn, and then has a script of its own.
    static func page(scripts: [String], script: String) -> File {
      let tags = scripts.map { "<script src=\"\($0)\"></script>\n" }.joined()
      return File(
        content: "<!doctype html>\n<title>A page</title>\n\(tags)<script>\n\(script)\n</script>\n")
    }

    static func script(_ content: String) -> File {
      File(type: "text/javascript; charset=utf-8", content: content)
    }
  }

  let port: UInt16
  private let listener: Int32

  /// Its address, of another origin than any port of a daemon.
  var origin: String { "http://localhost:\(port)" }

  init(_ files: [String: File]) throws {
    let (socket, port) = try Loopback.v4.listen(backlog: 16)
    self.port = port
    listener = socket
    Thread.detachNewThread {
      while true {
        let accepted = accept4(socket, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        if accepted < 0, errno == EINTR || errno == ECONNABORTED { continue }
        if accepted < 0 { break }
        // A browser connects ahead of its requests, so a connection may be silent for long.
        Thread.detachNewThread { try? Self.answer(RawClient(connected: accepted), files) }
      }
      close(socket)
    }
  }

  // The thread that accepts sees the end, and closes.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func answer(_ client: RawClient, _ files: [String: File]) throws {
    let head = try client.read(through: "\r\n\r\n")
    let path = head.split(separator: " ").dropFirst().first.map { String($0) } ?? ""
    let file = files[path]
    let content = file?.content ?? ""
    try client.send(
      """
      HTTP/1.1 \(file == nil ? "404 Not Found" : "200 OK")\r
      Content-Type: \(file?.type ?? "text/plain")\r
      Content-Length: \(content.utf8.count)\r
      Cache-Control: no-store\r
      Connection: close\r
      \r
      \(content)
      """)
  }
}
