import Foundation
import Glibc
import Synchronization

/// A process that a test has started. It is killed, with its process group if it leads one, at its
/// last use.
final class SpawnedProcess: Sendable {
  let id: pid_t
  private let leadsGroup: Bool
  private let exited = DispatchSemaphore(value: 0)
  private let status = Mutex<Int32?>(nil)

  convenience init(_ launch: Launch) throws {
    self.init(id: try launch.start(), leadsGroup: launch.isDetached)
  }

  /// Takes over a process that was started already.
  init(id: pid_t, leadsGroup: Bool) {
    self.id = id
    self.leadsGroup = leadsGroup
    // Waits without reaping, so that the process id and the group stay this one's until `end`.
    Thread.detachNewThread { [exited] in
      var information = siginfo_t()
      while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      exited.signal()
    }
  }

  deinit { end() }

  func signal(_ signal: Int32) {
    status.withLock { if $0 == nil { kill(id, signal) } }
  }

  /// Stops the process as a busy machine does, and returns when it has stopped, or ended.
  func suspend() {
    signal(SIGSTOP)
    var information = siginfo_t()
    let states = WSTOPPED | WEXITED | WNOWAIT
    while waitid(P_PID, id_t(id), &information, states) != 0, errno == EINTR {}
  }

  func resume() { signal(SIGCONT) }

  /// Waits for the end of the process. The answer is its exit status, negative for the number of a
  /// signal; nil when `seconds` have passed.
  func awaitExit(within seconds: Double = Deadline.timeout) -> Int32? {
    if let status = status.withLock({ $0 }) { return status }
    guard exited.wait(timeout: .now() + seconds) == .success else { return nil }
    exited.signal()
    return end()
  }

  /// Kills the process, and what is left of its group if it leads one. The answer is its status, as
  /// that of `awaitExit`. A second call does nothing.
  @discardableResult
  func end() -> Int32 {
    status.withLock { status in
      if let status { return status }
      kill(leadsGroup ? -id : id, SIGKILL)
      var word: Int32 = 0
      while waitpid(id, &word, 0) < 0, errno == EINTR {}
      let signal = word & 0x7F
      let ended = signal == 0 ? word >> 8 & 0xFF : -signal
      status = ended
      return ended
    }
  }
}
