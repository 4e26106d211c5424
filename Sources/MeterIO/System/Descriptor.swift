// A file descriptor that closes itself.

import Glibc

/// An open file descriptor and the duty to close it.
package struct Descriptor: ~Copyable, Sendable {
  let number: Int32

  /// Takes over an open descriptor.
  init(owning number: Int32) {
    self.number = number
  }

  deinit {
    // After close fails the descriptor is gone all the same; there is nothing to do again.
    _ = close(number)
  }
}
