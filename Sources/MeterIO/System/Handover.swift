// How something that must not be copied gets into a thread.

import Synchronization

/// Holds a value until the thread that it is for takes it, once.
final class Handover<Value: ~Copyable>: Sendable {
  private let held: Mutex<Value?>

  init(_ value: consuming sending Value) {
    held = Mutex(value)
  }

  /// The value. Precondition: it was not taken before.
  func take() -> Value {
    guard let value = held.withLock({ $0.take() }) else { fatalError("taken twice") }
    return value
  }
}
