import Foundation

/// Why a test could not go on: what was awaited and did not come, or came instead.
struct HarnessError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Until when something is awaited.
struct Deadline {
  /// How long a test waits for what must come, in seconds: only a test that fails takes so long.
  /// Two cores run hundreds of tests at once, so that a daemon may be slow without being wrong.
  static let patience = 60.0

  /// How long what comes at once, or after some tenths of a second, may take on such a machine, in seconds:
  /// less than whatever else would bring it at last.
  static let soon = 20.0

  private let instant: ContinuousClock.Instant

  init(within seconds: Double = patience) { instant = .now + .seconds(seconds) }

  /// For `poll`; 0 when it has passed.
  var milliseconds: Int32 {
    let left = ContinuousClock.now.duration(to: instant)
    return Int32(clamping: max(0, Int64(left / .milliseconds(1)) + 1))
  }

  var hasPassed: Bool { ContinuousClock.now >= instant }
}

/// Runs `body`, which takes real seconds of waiting, on a thread of its own, so that it holds up no
/// other test. What it finds is its answer: expectations belong behind it.
func waiting<Answer: Sendable>(
  _ body: @escaping @Sendable () throws -> Answer
) async throws -> Answer {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Result { try body() }) }.start()
  }
}
