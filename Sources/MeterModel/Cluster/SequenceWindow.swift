// Which of a sender's numbers were seen: the latest exactly, the older ones not at all, and none of those
// counts as new. Where anybody may write a number, one that is far from the others is doubted until another
// one comes near it: otherwise a single wrong one would make all right ones old.

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

  /// The last number that was doubted, if none came since that was not; 0 if there is none.
  private var doubted: UInt64 = 0

  /// The highest number that is not far above the others.
  var farthest: UInt64 { highest + Self.length }

  /// Whether a number is further from the highest than the window is long.
  func isFar(_ number: UInt64) -> Bool {
    number > highest ? number > farthest : highest - number >= Self.length
  }

  /// Whether a number is not to be believed yet: it is far from the highest, and not near the last that was
  /// doubted. If it is near that one, the window moves to the lower of both, below which, down to the former
  /// highest, nothing was seen. `again` says whether the same number once more is as good as another: that
  /// is so where it cannot be a second copy. Precondition: numbers begin with 1. O(window)
  mutating func doubts(_ number: UInt64, again: Bool) -> Bool {
    guard isFar(number) else {
      doubted = 0
      return false
    }
    let distance = number > doubted ? number - doubted : doubted - number
    guard doubted > 0, distance < Self.length, again || distance > 0 else {
      doubted = number
      return true
    }
    let start = min(number, doubted) - 1
    floor = min(highest, start)
    highest = start
    bits = ContiguousArray(repeating: 0, count: Int(Self.length / 64))
    doubted = 0
    return false
  }

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
