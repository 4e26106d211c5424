// The daemon's threads. Each runs one loop until the daemon stops.

import CLinux
import Glibc

/// A thread. It is to be joined once, or never.
package struct JoinableThread {
  private let handle: pthread_t

  /// Starts a thread that runs `body`. `name` is shown by debuggers and `top`; at most 15 bytes.
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

  /// Waits until the thread's body has returned.
  package func join() {
    pthread_join(handle, nil)
  }

  /// Gives the calling thread another name; at most 15 bytes.
  package static func rename(_ name: String) {
    pthread_setname_np(pthread_self(), name)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
