// Which of a sender's numbers were seen: the latest exactly, the older ones not at all, and none of those
// counts as new.

/// Tells new numbers from those that were seen.
struct SequenceWindow {
  /// How many of the latest numbers are known one by one.
  static let length: UInt64 = 4096

  /// What a number is.
  enum Verdict {
    case new, seen

    /// Too old to know.
    case spent
  }

  /// The highest number that was seen; 0 before the first.
  private(set) var highest: UInt64 = 0

  /// All numbers up to this one are spent.
  private var floor: UInt64 = 0

  /// A bit for each of the latest numbers, by its remainder; empty while there is none above the floor.
  private var bits: ContiguousArray<UInt64> = []

  /// What the number is, before it is admitted. O(1)
  func verdict(on number: UInt64) -> Verdict {
    if number > highest { return .new }
    if number <= floor || highest - number >= Self.length { return .spent }
    let place = Int(number % Self.length)
    return bits[place / 64] & 1 << UInt64(place % 64) == 0 ? .new : .seen
  }

  /// Remembers that the number was seen. The answer is what it was before. O(1), amortized over the numbers
  /// that are passed over, of which no more than the window is long cost anything.
  @discardableResult
  mutating func admit(_ number: UInt64) -> Verdict {
    let verdict = verdict(on: number)
    guard verdict == .new else { return verdict }
    if bits.isEmpty || number > highest && number - highest >= Self.length {
      bits = ContiguousArray(repeating: 0, count: Int(Self.length / 64))
      highest = max(highest, number)
    }
    while highest < number {
      highest += 1
      mark(highest, false)
    }
    mark(number, true)
    return .new
  }

  /// Takes all numbers up to the highest for spent, and gives the memory back.
  mutating func close() {
    floor = highest
    bits = []
  }

  private mutating func mark(_ number: UInt64, _ isSeen: Bool) {
    let place = Int(number % Self.length)
    let bit = UInt64(1) << UInt64(place % 64)
    if isSeen { bits[place / 64] |= bit } else { bits[place / 64] &= ~bit }
  }
}
