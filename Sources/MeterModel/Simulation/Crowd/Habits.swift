// The habits of the crowds of random logs.

/// The habits of a crowd. The numbers of events are weights.
struct Habits {
  var open: UInt64
  var close: UInt64
  var exclude: UInt64 = 0
  var message: UInt64 = 0
  var retain: UInt64 = 0
  var cut: UInt64 = 0
  var restart: UInt64 = 0

  /// Opens after a stream that is open still, because its loss was not noticed.
  var roam: UInt64 = 0
  var ping: UInt64 = 0
  var leave: UInt64 = 0

  /// Events `arrived`, `moved` and `transferred`.
  var arrive: UInt64 = 0
  var move: UInt64 = 0
  var transfer: UInt64 = 0
  var peer: UInt64 = 0
  var bye: UInt64 = 0
  var external: UInt64 = 0

  /// Out of 20, the number of events at the instant of the previous one.
  var together: UInt64 = 7

  /// Out of 10, the number of opens and closes that make no sense.
  var nonsense: UInt64 = 0
  var connections: UInt32
  var namespaces: UInt32
  var viewers: UInt32 = 2
  var nodes: UInt32 = 2
  var sources: UInt32 = 2
  var services: UInt32 = 3

  /// Out of 10, the number of opens with a viewer id.
  var withViewer: UInt64 = 0

  /// Out of 10, the number of opens that arrive, and of those that observe.
  var arriving: UInt64 = 0
  var observers: UInt64 = 0

  /// Whether clients that lost their connection come back by themselves.
  var comeBack = false
}
