// The viewer ids of a crowd, which are fewer than its viewers.

/// The holders of viewer ids. Half of the newcomers with an id name the connection that its holder
/// excluded, or the one that was excluded before that.
struct ViewerIDs {
  private var holders: [ConnectionOrdinal]
  private var displaced: [ConnectionOrdinal]
  private var displacedBefore: [ConnectionOrdinal]
  private var source: RandomSource

  init(count: UInt32, _ source: RandomSource) {
    holders = Array(repeating: .none, count: Int(count))
    displaced = holders
    displacedBefore = holders
    self.source = source
  }

  mutating func draw(for ordinal: ConnectionOrdinal) -> (ViewerID, after: ConnectionOrdinal) {
    guard !holders.isEmpty, source.chance(3, in: 4) else { return (.none, .none) }
    let number = source.below(holders.count)
    let after =
      switch source.below(UInt64(4)) {
      case 0: displaced[number]
      case 1: displacedBefore[number]
      default: ConnectionOrdinal.none
      }
    displacedBefore[number] = displaced[number]
    displaced[number] = holders[number]
    holders[number] = ordinal
    return (ViewerID(UInt32(number)), after)
  }
}
