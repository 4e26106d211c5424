import CLinux
import Foundation
import Synchronization

/// Another website: a server of a test's own files, on a free port.
final class PageServer: Sendable {
  /// The response to a path.
  struct File: Sendable {
    var type = "text/html; charset=utf-8"
    let content: String

    /// More fields of the response, each with its line end.
    var fields = ""

    /// A page with elements in its head, which loads scripts from these addresses in turn, and then
    /// has a script of its own.
    static func page(
      head: String = "", scripts: [String], script: String, fields: String = ""
    ) -> File {
      let tags = scripts.map { "<script src=\"\($0)\"></script>\n" }.joined()
      return File(
        content:
          "<!doctype html>\n<title>A page</title>\n\(head)\(tags)<script>\n\(script)\n</script>\n",
        fields: fields)
    }

    static func script(_ content: String) -> File {
      File(type: "text/javascript; charset=utf-8", content: content)
    }
  }

  /// What its threads share.
  private final class Content: Sendable {
    let files: Mutex<[String: File]>
    let requests = Mutex<Set<String>>([])

    init(_ files: [String: File]) { self.files = Mutex(files) }
  }

  let port: UInt16
  private let listener: Int32
  private let content: Content

  /// Its address, of another origin than any port of a daemon.
  var origin: String { "http://localhost:\(port)" }

  init(_ files: [String: File]) throws {
    let (socket, port) = try Loopback.v4.listen(backlog: 16)
    self.port = port
    listener = socket
    let content = Content(files)
    self.content = content
    Thread.detachNewThread {
      while true {
        let accepted = accept4(socket, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        if accepted < 0, errno == EINTR || errno == ECONNABORTED { continue }
        if accepted < 0 { break }
        // A browser connects ahead of its requests, so a connection may be silent for long.
        Thread.detachNewThread { try? Self.answer(RawClient(connected: accepted), content) }
      }
      close(socket)
    }
  }

  // The thread that accepts sees the end, and closes.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// Adds a file, or replaces one.
  func add(_ file: File, at path: String) {
    content.files.withLock { $0[path] = file }
  }

  /// Whether a path, with its query, was asked for; it need not be one of a file.
  func wasAsked(for path: String) -> Bool {
    content.requests.withLock { $0.contains(path) }
  }

  private static func answer(_ client: RawClient, _ content: Content) throws {
    let head = try client.read(through: "\r\n\r\n")
    let path = head.split(separator: " ").dropFirst().first.map { String($0) } ?? ""
    _ = content.requests.withLock { $0.insert(path) }
    let file = content.files.withLock { $0[path] }
    let body = file?.content ?? ""
    try client.send(
      """
      HTTP/1.1 \(file == nil ? "404 Not Found" : "200 OK")\r
      Content-Type: \(file?.type ?? "text/plain")\r
      Content-Length: \(body.utf8.count)\r
      Cache-Control: no-cache\r
      Connection: close\r
      \(file?.fields ?? "")\r
      \(body)
      """)
  }
}
