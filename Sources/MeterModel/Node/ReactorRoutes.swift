// The reactors that have streams of a namespace. With many reactors and many small namespaces, most
// namespaces are on few reactors, and the others need not be woken.

/// For each namespace, the reactors that had a stream of it since its creation. Reactors whose
/// numbers are equal modulo 64 share a bit.
struct ReactorRoutes {
  private var bits: ContiguousArray<UInt64> = []

  /// Adds a reactor to those of a namespace. Amortised O(1)
  mutating func add(_ reactor: Int, to namespace: NamespaceID) {
    let index = Int(namespace.number)
    while bits.count <= index { bits.append(0) }
    bits[index] |= 1 << UInt64(reactor % 64)
  }

  /// Whether the reactor may have streams of the namespace. O(1)
  func lead(to reactor: Int, from namespace: NamespaceID) -> Bool {
    let index = Int(namespace.number)
    return index < bits.count && bits[index] >> UInt64(reactor % 64) & 1 == 1
  }

  /// Forgets a retired namespace, whose number becomes free. Amortised O(1)
  mutating func remove(_ namespace: NamespaceID) {
    let index = Int(namespace.number)
    if index < bits.count { bits[index] = 0 }
    while bits.last == 0 { bits.removeLast() }
  }
}
