// How the thread that starts others knows that all of them are ready.

import Glibc
import Synchronization

/// Where threads arrive when they are ready to go, or say why they cannot.
final class StartLine: @unchecked Sendable {
  // A semaphore is made to be used by any number of threads at once; its address never changes.
  private let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private let failure = Mutex<SystemError?>(nil)

  init() {
    sem_init(arrivals, 0, 0)
  }

  deinit {
    sem_destroy(arrivals)
    arrivals.deallocate()
  }

  /// Says that the calling thread is ready, or has failed.
  func arrive(_ error: SystemError?) {
    if let error { failure.withLock { $0 = error } }
    sem_post(arrivals)
  }

  /// Waits for `count` threads; throws what the last one said that failed.
  func awaitArrivals(_ count: Int) throws(SystemError) {
    for _ in 0..<count {
      _ = systemCall("sem_wait") { sem_wait(arrivals) }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
