// Threads of the daemon's own: each runs one loop until the daemon stops.

import CLinux
import Glibc

/// A thread that is to be joined once.
package struct JoinableThread {
  private let handle: pthread_t

  /// Starts `body` on a thread of its own, named for debuggers and `top` (at most 15 bytes).
  package init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let box = Unmanaged.passRetained(Body(run: body))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      throw SystemError(code: code)
    }
    pthread_setname_np(handle, name)
    self.handle = handle
  }

  /// Waits until the body has returned.
  package func join() {
    pthread_join(handle, nil)
  }

  /// Names the calling thread anew (at most 15 bytes).
  package static func rename(_ name: String) {
    pthread_setname_np(pthread_self(), name)
  }

  /// Gives the calling thread a table of descriptors of its own, with copies of those that are open now and
  /// a limit of its own; false where the system does not permit that.
  static func takeOwnDescriptors() -> Bool {
    let cloneFiles: Int32 = 0x400
    return unshare(cloneFiles) == 0
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
