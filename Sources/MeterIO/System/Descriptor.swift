// A file descriptor that closes itself.

import Glibc

/// An open file descriptor, which is closed when its owner goes.
package struct Descriptor: ~Copyable, Sendable {
  /// The descriptor's number, for system calls.
  let number: Int32

  /// Takes over an open descriptor.
  init(owning number: Int32) {
    self.number = number
  }

  deinit {
    // The descriptor is closed even where `close` reports an error, so there is nothing to repeat.
    _ = close(number)
  }
}
