// Messages to the operator: whole lines on standard error, one write each, and at most one line a
// second for the same problem.

import Glibc
import MeterModel
import Synchronization

/// Writes lines on standard error.
package struct Console: Sendable {
  /// Whether `--debug` was given.
  package let isVerbose: Bool

  /// A console that writes debug lines if `isVerbose`.
  package init(isVerbose: Bool) {
    self.isVerbose = isVerbose
  }

  /// Writes a line, or drops it if the reader of standard error does not read: no thread waits for
  /// the log.
  package func log(_ line: String) {
    let bytes = Array("audience-meter: \(line)\n".utf8)
    var sent = 0
    while sent < bytes.count {
      var entry = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
      // The rest of a line that was begun is worth a wait of 100 ms.
      guard poll(&entry, 1, sent == 0 ? 0 : 100) > 0 else { return }
      let rest = bytes[sent...].prefix(Self.maximumWrite).withUnsafeBytes {
        write(2, $0.baseAddress, $0.count)
      }
      if rest <= 0, errno != EINTR { return }
      sent += max(rest, 0)
    }
  }

  /// The number of bytes that a writable pipe takes without a wait (`PIPE_BUF`).
  private static let maximumWrite = 4096

  /// Writes a line if `--debug` was given. The text is made only then.
  package func debug(_ line: @autoclosure () -> String) {
    if isVerbose { log(line()) }
  }
}

/// Counts a recurring problem and logs the count at most once a second.
final class RecurringNotice: Sendable {
  private struct State {
    var sinceLast: UInt64 = 0
    var total: UInt64 = 0
    var last: Instant?
  }

  private let state = Mutex(State())
  private let console: Console
  private let text: String

  /// `text` is the line's text; the counts follow it.
  init(_ text: String, on console: Console) {
    self.text = text
    self.console = console
  }

  /// Counts `count` occurrences, and logs a line if the last line is at least a second old. Nothing
  /// happens if `count` is 0. Any thread may call it.
  func note(_ count: UInt64 = 1, at now: Instant) {
    guard count > 0 else { return }
    let report: (recent: UInt64, total: UInt64)? = state.withLock { state in
      state.total += count
      state.sinceLast += count
      // Each thread reads the clock itself, so `now` may lie before `last`.
      if let last = state.last, now < last + .seconds(1) { return nil }
      state.last = now
      defer { state.sinceLast = 0 }
      return (state.sinceLast, state.total)
    }
    if let report { console.log("\(text) (\(report.recent) now, \(report.total) in all)") }
  }
}
