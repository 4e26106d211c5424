// Which reactors have streams of a namespace, so that the others need not be told of it: with many reactors
// and many small namespaces most are on few of them.

import MeterModel

/// By namespace, the reactors that had a stream of it since it was created. Reactors 0, 64, 128, … share a
/// bit, and so on.
struct Presence {
  private var bits: ContiguousArray<UInt64> = []

  /// A stream of the namespace was greeted on a reactor.
  mutating func note(_ namespace: NamespaceID, on reactor: Int) {
    let place = Int(namespace.number)
    while bits.count <= place { bits.append(0) }
    bits[place] |= 1 << UInt64(reactor % 64)
  }

  /// Whether the reactor may have streams of the namespace.
  func has(_ namespace: NamespaceID, on reactor: Int) -> Bool {
    let place = Int(namespace.number)
    return place < bits.count && bits[place] >> UInt64(reactor % 64) & 1 == 1
  }

  /// The namespace is forgotten; its number may mean another one from now on.
  mutating func forget(_ namespace: NamespaceID) {
    let place = Int(namespace.number)
    if place < bits.count { bits[place] = 0 }
    while bits.last == 0 { bits.removeLast() }
  }
}
