// How one thread wakes another that waits in a poller.

import CLinux
import Glibc

/// An eventfd: woken from any thread, waited for by one.
final class Wakeup: Sendable {
  private let event: Descriptor

  init() throws(SystemError) {
    event = Descriptor(
      owning: try systemCall("eventfd") {
        eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
      }.get())
  }

  var descriptor: Int32 { event.number }

  /// Makes the descriptor readable.
  func wake() {
    var one: UInt64 = 1
    // A full counter is readable already, so an error changes nothing.
    _ = systemCall("write") { write(event.number, &one, 8) }
  }

  /// Makes the descriptor unreadable until the next wake.
  func clear() {
    var count: UInt64 = 0
    _ = systemCall("read") { read(event.number, &count, 8) }
  }
}
