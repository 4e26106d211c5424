// One thread wakes another that waits in a poller.

import CLinux
import Glibc

/// An eventfd, which any thread may write and one thread waits for.
final class Wakeup: Sendable {
  private let event: Descriptor

  /// A descriptor that is not readable.
  init() throws(SystemError) {
    event = Descriptor(
      owning: try systemCall("eventfd") {
        eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
      }.get())
  }

  /// For the poller of the thread that waits.
  var descriptor: Int32 { event.number }

  /// Makes the descriptor readable.
  func wake() {
    var one: UInt64 = 1
    // An error means that the counter is full, and then the descriptor is readable already.
    _ = systemCall("write") { write(event.number, &one, 8) }
  }

  /// Makes the descriptor unreadable until the next wake.
  func clear() {
    var count: UInt64 = 0
    _ = systemCall("read") { read(event.number, &count, 8) }
  }
}
