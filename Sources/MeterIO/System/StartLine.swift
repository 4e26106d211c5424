// The thread that starts other threads waits until all of them are ready.

import Glibc
import Synchronization

/// A point at which a number of threads arrive, each ready or with an error.
final class StartLine: @unchecked Sendable {
  // Sendable: a semaphore may be used by several threads at once, and its address never changes.
  private let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private let failure = Mutex<SystemError?>(nil)

  /// A start line at which no thread has arrived.
  init() {
    sem_init(arrivals, 0, 0)
  }

  deinit {
    sem_destroy(arrivals)
    arrivals.deallocate()
  }

  /// Reports that the calling thread is ready (nil), or its error.
  func arrive(_ error: SystemError?) {
    if let error { failure.withLock { $0 = error } }
    sem_post(arrivals)
  }

  /// Waits for `count` threads; throws the error of the last one that failed.
  func awaitArrivals(_ count: Int) throws(SystemError) {
    for _ in 0..<count {
      _ = systemCall("sem_wait") { sem_wait(arrivals) }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
