// Messages to the operator: whole lines on standard error, one write each. `RecurringNotice` limits
// the lines about one problem.

import Glibc

/// Writes lines on standard error.
package struct Console: Sendable {
  /// Whether `--debug` was given.
  package let isVerbose: Bool

  /// All recurring notices; a thread logs their rests (see `RecurringNotice`) later. Nil if no
  /// thread does that.
  let notices: NoticeBoard?

  /// A console that writes debug lines if `isVerbose`. Rests of notices are not logged.
  package init(isVerbose: Bool) {
    self.init(isVerbose: isVerbose, notices: nil)
  }

  init(isVerbose: Bool, notices: NoticeBoard?) {
    self.isVerbose = isVerbose
    self.notices = notices
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
