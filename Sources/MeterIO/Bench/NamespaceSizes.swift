// The spread of a load's connections over its namespaces: exact sizes, and an order of the connects
// that depends on a seed.

import MeterModel

/// A spread of connections over namespaces.
package enum Distribution: String, CaseIterable, Sendable {
  /// All connections in the first namespace.
  case one

  /// The same number in each, up to one.
  case uniform

  /// In the k-th namespace 1/k as many as in the first.
  case zipf
}

/// The number of connections of each namespace of a load.
package struct NamespaceSizes: Equatable, Sendable {
  /// By the number of the namespace. The sum is the number of connections; some may be 0.
  package let sizes: ContiguousArray<UInt32>

  /// Spreads `connections` over `namespaces`. Precondition: there is a namespace. O(n log n)
  package init(_ distribution: Distribution, connections: UInt32, namespaces: UInt32) {
    precondition(namespaces > 0, "connections without a namespace")
    switch distribution {
    case .one:
      var sizes = ContiguousArray<UInt32>(repeating: 0, count: Int(namespaces))
      sizes[0] = connections
      self.sizes = sizes
    case .uniform: sizes = Self.even(connections, over: namespaces)
    case .zipf: sizes = Self.zipf(connections, over: namespaces)
    }
  }

  /// `largest` connections in the first namespace, and the others evenly in the rest. Nil if there
  /// are fewer connections, or no namespace for the others. O(n)
  package init?(largest: UInt32, connections: UInt32, namespaces: UInt32) {
    guard namespaces > 0, largest <= connections else { return nil }
    guard namespaces > 1 else {
      guard largest == connections else { return nil }
      sizes = [largest]
      return
    }
    sizes = [largest] + Self.even(connections - largest, over: namespaces - 1)
  }

  /// The namespace of each connection, in the order in which they connect. O(n)
  package func order(seed: UInt64) -> ContiguousArray<UInt32> {
    var order: ContiguousArray<UInt32> = []
    order.reserveCapacity(sizes.reduce(0) { $0 + Int($1) })
    for (namespace, size) in sizes.enumerated() {
      order.append(contentsOf: repeatElement(UInt32(namespace), count: Int(size)))
    }
    var source = RandomSource(seed: seed)
    for end in order.indices.dropFirst().reversed() {
      order.swapAt(end, source.below(end + 1))
    }
    return order
  }

  private static func even(
    _ connections: UInt32, over namespaces: UInt32
  ) -> ContiguousArray<UInt32> {
    let (each, more) = connections.quotientAndRemainder(dividingBy: namespaces)
    return ContiguousArray((0..<namespaces).map { $0 < more ? each + 1 : each })
  }

  /// The sizes are rounded down. The connections that are left go to the namespaces with the
  /// largest remainders; at equal remainders the earlier namespace is first.
  private static func zipf(
    _ connections: UInt32, over namespaces: UInt32
  ) -> ContiguousArray<UInt32> {
    let weights = (1...UInt64(namespaces)).map { (1 << 40) / $0 }
    let total = weights.reduce(0, +)
    var remainders: [(remainder: UInt64, namespace: Int)] = []
    remainders.reserveCapacity(weights.count)
    var sizes: ContiguousArray<UInt32> = []
    var left = connections
    for (namespace, weight) in weights.enumerated() {
      let product = weight.multipliedFullWidth(by: UInt64(connections))
      let (quotient, remainder) = total.dividingFullWidth(product)
      sizes.append(UInt32(quotient))
      left -= UInt32(quotient)
      remainders.append((remainder, namespace))
    }
    remainders.sort { ($1.remainder, $0.namespace) < ($0.remainder, $1.namespace) }
    for entry in remainders.prefix(Int(left)) { sizes[entry.namespace] += 1 }
    return sizes
  }
}
