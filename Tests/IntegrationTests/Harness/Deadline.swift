import Glibc

/// The instant until which a test waits for something.
struct Deadline {
  /// The seconds that a test waits for what must happen. Only a test that fails takes as long:
  /// hundreds of tests run at once on a few cores, so a process may be slow without being wrong.
  static let timeout = 60.0

  /// The seconds within which something happens that no timeout of the daemon brings about: longer
  /// than any delay of a busy machine, and shorter than the timeout that would bring it about
  /// otherwise.
  static let prompt = 20.0

  private let instant: ContinuousClock.Instant

  init(within seconds: Double = timeout) { instant = .now + .seconds(seconds) }

  /// The time that is left, in milliseconds, as `poll` takes it; 0 once the deadline has passed.
  var milliseconds: Int32 {
    let left = ContinuousClock.now.duration(to: instant)
    return Int32(clamping: max(0, Int64(left / .milliseconds(1)) + 1))
  }

  /// The time that is left, in seconds.
  var seconds: Double { Double(milliseconds) / 1000 }

  var hasPassed: Bool { ContinuousClock.now >= instant }
}

/// Waits until a condition holds for which there is no event to wait for, such as a figure of
/// `/proc`: looks again every 2 ms. Throws when `seconds` have passed.
func eventually(
  _ condition: String, within seconds: Double = Deadline.timeout, _ holds: () throws -> Bool
) throws {
  let deadline = Deadline(within: seconds)
  while try !holds() {
    guard !deadline.hasPassed else { throw HarnessError("awaited in vain: \(condition)") }
    poll(nil, 0, 2)
  }
}

/// The seconds that `body` took.
func measuring(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}
