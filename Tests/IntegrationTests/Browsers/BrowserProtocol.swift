import Foundation
import Glibc
import Synchronization

/// The DevTools protocol over a socket: commands and replies are JSON objects that each end with a
/// NUL byte. A thread reads; each reply resumes the command that waits for it. Events are ignored:
/// tests wait by promises in the page.
final class BrowserProtocol: Sendable {
  private struct State {
    var lastCommand = 0
    var waiting: [Int: CheckedContinuation<Data, any Error>] = [:]
    var closed = false
  }

  private let socket: Int32
  private let state = Mutex(State())

  /// Takes over `socket`, and closes it at the last use.
  init(socket: Int32) {
    self.socket = socket
    Thread.detachNewThread { self.read() }
  }

  deinit {
    close(socket)
  }

  /// Sends a command to the browser, or to the page with `session`; the answer is its result.
  /// - Throws: `BrowserError.timedOut` after `deadline`, `.failed` where Chromium refuses the
  ///   command, `.gone` when it has quit.
  func call<Result: Decodable>(
    _ method: String, _ parameters: [String: BrowserValue] = [:], session: String? = nil,
    within deadline: Duration = Browser.timeout, as: Result.Type = EmptyResult.self
  ) async throws -> Result {
    let reply = try await withCheckedThrowingContinuation { continuation in
      let number = state.withLock { state in
        state.lastCommand += 1
        state.waiting[state.lastCommand] = continuation
        return state.lastCommand
      }
      let expiry = DispatchTime.now() + .milliseconds(Int(deadline / .milliseconds(1)))
      DispatchQueue.global().asyncAfter(deadline: expiry) { [weak self] in
        self?.resume(number, with: .failure(BrowserError.timedOut(method)))
      }
      if !send(number, method, parameters, session) {
        resume(number, with: .failure(BrowserError.gone))
      }
    }
    let decoded = try JSONDecoder().decode(Reply<Result>.self, from: reply)
    guard let result = decoded.result else {
      throw BrowserError.failed("\(method): \(decoded.error?.message ?? "no result")")
    }
    return result
  }

  /// Sends a command without waiting for its reply.
  func post(_ method: String) {
    _ = send(0, method, [:], nil)
  }

  private func send(
    _ number: Int, _ method: String, _ parameters: [String: BrowserValue], _ session: String?
  ) -> Bool {
    let command = Command(id: number, method: method, params: parameters, sessionId: session)
    guard var bytes = try? JSONEncoder().encode(command) else { return false }
    bytes.append(0)
    // Under the lock, so that commands of several tests do not mix.
    return state.withLock { state in
      var sent = 0
      while sent < bytes.count, !state.closed {
        let count = bytes.withUnsafeBytes { buffer in
          Glibc.send(
            socket, buffer.baseAddress?.advanced(by: sent), buffer.count - sent,
            Int32(MSG_NOSIGNAL))
        }
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        sent += count
      }
      return !state.closed
    }
  }

  private func resume(_ number: Int, with result: Result<Data, any Error>) {
    state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(with: result)
  }

  private func read() {
    var unread = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      unread.append(contentsOf: buffer[..<count])
      while let end = unread.firstIndex(of: 0) {
        let message = Data(unread[..<end])
        unread.removeSubrange(...end)
        if let number = (try? JSONDecoder().decode(Numbered.self, from: message))?.id {
          resume(number, with: .success(message))
        }
      }
    }
    let waiting = state.withLock { state in
      state.closed = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume(throwing: BrowserError.gone) }
  }

  private struct Command: Encodable {
    var id: Int
    var method: String
    var params: [String: BrowserValue]
    var sessionId: String?
  }

  private struct Numbered: Decodable {
    var id: Int?
  }

  private struct Reply<Result: Decodable>: Decodable {
    struct Refusal: Decodable {
      var message: String
    }
    var result: Result?
    var error: Refusal?
  }
}

/// The result of a command whose result is of no interest.
struct EmptyResult: Decodable {}

/// A JSON value in a command's parameters.
enum BrowserValue: Encodable, Sendable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral
{
  case string(String)
  case number(Int)
  case boolean(Bool)
  case array([[String: BrowserValue]])

  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .number(value) }
  init(booleanLiteral value: Bool) { self = .boolean(value) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .boolean(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    }
  }
}
