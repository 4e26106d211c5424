// Values that cannot be copied are passed to a new thread.

import Synchronization

/// Holds a value until a thread takes it.
final class Handover<Value: ~Copyable>: Sendable {
  private let held: Mutex<Value?>

  /// A hand-over of `value`.
  init(_ value: consuming sending Value) {
    held = Mutex(value)
  }

  /// Takes the value. Precondition: it was not taken before.
  func take() -> sending Value {
    guard let value = held.withLock({ $0.take() }) else { fatalError("taken twice") }
    return value
  }
}
