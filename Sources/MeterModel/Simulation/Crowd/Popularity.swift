// The choice of a namespace by a viewer.

/// The distribution of viewers over namespaces.
enum Popularity: Equatable {
  /// Each namespace has the same probability.
  case even

  /// The k-th namespace has 1/k of the probability of the first (Zipf).
  case zipf

  /// One namespace after another, repeated.
  case inTurn
}

/// Draws namespaces by their popularity, each in O(1).
struct NamespaceChooser {
  private let popularity: Popularity
  private let count: UInt32

  /// Walker's alias method: below `share` an entry means itself, from there on its `alias`.
  private struct Entry {
    var share: UInt32
    var alias: UInt32
  }

  private var entries: ContiguousArray<Entry> = []
  private var turn: UInt32 = 0

  /// Precondition: there is at least one namespace. O(n) for Zipf.
  init(_ popularity: Popularity, count: UInt32) {
    self.popularity = popularity
    self.count = count
    if popularity == .zipf { entries = Self.aliases(count) }
  }

  mutating func draw(_ source: inout RandomSource) -> UInt32 {
    switch popularity {
    case .even: return UInt32(source.below(UInt64(count)))
    case .inTurn:
      turn = turn + 1 < count ? turn + 1 : 0
      return turn
    case .zipf:
      let random = source.next()
      let place = UInt32(((random >> 32) * UInt64(count)) >> 32)
      let entry = entries[Int(place)]
      return UInt32(truncatingIfNeeded: random) < entry.share ? place : entry.alias
    }
  }

  /// Vose's construction in integers: each entry below the average, 2³², is filled up to it from a
  /// larger entry.
  private static func aliases(_ count: UInt32) -> ContiguousArray<Entry> {
    let weights = (1...UInt64(count)).map { (1 << 40) / $0 }
    let total = weights.reduce(0, +)
    var shares = weights.map { weight in
      let product = weight.multipliedFullWidth(by: UInt64(count) << 32)
      return total.dividingFullWidth(product).quotient
    }
    var entries = ContiguousArray(
      (0..<count).map { Entry(share: .max, alias: $0) })
    var small = shares.indices.filter { shares[$0] < 1 << 32 }
    var large = shares.indices.filter { shares[$0] >= 1 << 32 }
    while let needy = small.popLast() {
      guard let giver = large.last else { break }
      entries[needy] = Entry(share: UInt32(shares[needy]), alias: UInt32(giver))
      shares[giver] -= 1 << 32 - shares[needy]
      if shares[giver] < 1 << 32 {
        large.removeLast()
        small.append(giver)
      }
    }
    return entries
  }
}
