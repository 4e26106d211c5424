// Signals are read from a descriptor. The mask is set before any thread starts, so that all threads
// inherit it; it replaces the mask that the parent process left. A signal that the parent process
// left ignored, as `nohup` does with SIGHUP and a script's shell with SIGINT, stays ignored.

import CLinux
import Glibc

/// The signals that stop the daemon.
struct StopSignals: ~Copyable {
  private let source: Descriptor

  /// Blocks those of SIGTERM, SIGINT and SIGHUP that are not ignored, for this thread and the
  /// threads that it starts. Ignores the signals that a write may cause (SIGPIPE, SIGXFSZ) for the
  /// process, because the write returns an error too.
  init() throws(SystemError) {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var mask = sigset_t()
    sigemptyset(&mask)
    // The system drops an ignored signal only while it is not blocked.
    for number in [SIGTERM, SIGINT, SIGHUP] where !Self.isIgnored(number) {
      sigaddset(&mask, number)
    }
    pthread_sigmask(SIG_SETMASK, &mask, nil)
    source = Descriptor(
      owning: try systemCall("signalfd") {
        signalfd(-1, &mask, Int32(SFD_CLOEXEC))
      }.get())
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
    return handler == unsafeBitCast(SIG_IGN, to: UInt.self)
  }

  /// Readable when a signal has arrived; for a poller.
  var descriptor: Int32 { source.number }

  /// Waits for a signal and returns its number.
  func wait() -> Int32 {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    _ = systemCall("read") { read(source.number, &info, size) }
    return Int32(bitPattern: info.ssi_signo)
  }
}
