import Foundation
import Synchronization

/// Runs `body`, which waits for seconds, on a new thread, so that no other test waits for a thread
/// meanwhile. `body` returns what it found; expectations follow the call.
func onNewThread<Answer: Sendable>(
  _ body: @escaping @Sendable () throws -> Answer
) async throws -> Answer {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Result { try body() }) }.start()
  }
}

/// Runs `body` on a new thread and waits for it. What `body` changes of its thread, such as its
/// network or the system calls that it may make, does not change any other thread.
func confinedToNewThread<Answer: Sendable>(
  _ body: @escaping @Sendable () throws -> Answer
) throws -> Answer {
  let done = DispatchSemaphore(value: 0)
  let outcome = Outcome<Answer>()
  Thread {
    let result = Result { try body() }
    outcome.result.withLock { $0 = result }
    done.signal()
  }.start()
  guard done.wait(timeout: .now() + Deadline.timeout) == .success,
    let result = outcome.result.withLock({ $0 })
  else { throw HarnessError("a thread did not end") }
  return try result.get()
}

/// The result of a thread.
private final class Outcome<Answer: Sendable>: Sendable {
  let result = Mutex<Result<Answer, any Error>?>(nil)
}
