// Signals arrive as reads on a descriptor. The mask is set before any thread starts, so all inherit it;
// whatever mask the parent left is replaced.

import CLinux
import Glibc

/// The signals that stop the daemon.
struct StopSignals: ~Copyable {
  private let source: Descriptor

  /// Blocks SIGTERM, SIGINT and SIGHUP for this thread and those it starts, and ignores for the process those
  /// signals that a write may cause (SIGPIPE, SIGXFSZ): its error says enough.
  init() throws(SystemError) {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, SIGTERM)
    sigaddset(&mask, SIGINT)
    sigaddset(&mask, SIGHUP)
    pthread_sigmask(SIG_SETMASK, &mask, nil)
    source = Descriptor(
      owning: try systemCall("signalfd") {
        signalfd(-1, &mask, Int32(SFD_CLOEXEC))
      }.get())
  }

  /// Readable when one of them has arrived.
  var descriptor: Int32 { source.number }

  /// Waits until one of them arrives; the answer is its number.
  func wait() -> Int32 {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    _ = systemCall("read") { read(source.number, &info, size) }
    return Int32(bitPattern: info.ssi_signo)
  }
}
