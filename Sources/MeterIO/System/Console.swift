// What the daemon says to its operator: whole lines on standard error, one write each, and a limit on how
// often one kind of trouble is repeated.

import Glibc
import MeterModel
import Synchronization

/// Lines on standard error.
package struct Console: Sendable {
  /// Whether `--debug` was given.
  package let isVerbose: Bool

  package init(isVerbose: Bool) {
    self.isVerbose = isVerbose
  }

  /// Writes a line, unless whoever reads them has stopped: nobody is to wait for a log.
  package func say(_ line: String) {
    let bytes = Array("audience-meter: \(line)\n".utf8)
    var sent = 0
    while sent < bytes.count {
      var entry = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
      // A line that was begun is finished, if that does not take long.
      guard poll(&entry, 1, sent == 0 ? 0 : 100) > 0 else { return }
      let rest = bytes[sent...].prefix(Self.mostAtOnce).withUnsafeBytes {
        write(2, $0.baseAddress, $0.count)
      }
      if rest <= 0, errno != EINTR { return }
      sent += max(rest, 0)
    }
  }

  /// What a pipe that can be written takes without waiting (`PIPE_BUF`).
  private static let mostAtOnce = 4096

  /// Writes a line if `--debug` was given.
  package func debug(_ line: @autoclosure () -> String) {
    if isVerbose { say(line()) }
  }
}

/// Counts how often something happened and says so at most once a second.
final class RecurringNotice: Sendable {
  private struct State {
    var sinceLast: UInt64 = 0
    var total: UInt64 = 0
    var last: Instant?
  }

  private let state = Mutex(State())
  private let console: Console
  private let what: String

  /// `what` is the line's text; the counts follow it.
  init(_ what: String, on console: Console) {
    self.what = what
    self.console = console
  }

  /// Counts occurrences, and says so unless it was said less than a second ago. Nothing happens for none.
  func note(_ count: UInt64 = 1, at now: Instant) {
    guard count > 0 else { return }
    let report: (recent: UInt64, total: UInt64)? = state.withLock { state in
      state.total += count
      state.sinceLast += count
      // Threads read the clock each for itself, so `now` may lie before `last`.
      if let last = state.last, now < last + .seconds(1) { return nil }
      state.last = now
      defer { state.sinceLast = 0 }
      return (state.sinceLast, state.total)
    }
    if let report { console.say("\(what) (\(report.recent) now, \(report.total) in all)") }
  }
}
