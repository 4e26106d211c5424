// The numbers of a sender that were received, as in the anti-replay window of IPsec (RFC 4303,
// section 3.4.3): the latest numbers are known one by one, and older ones count as received. Where
// there is no secret, anybody may send any number. A number that is far from the others is
// therefore quarantined until another one near it arrives; otherwise a single wrong number would
// make all right ones old.

/// Distinguishes new numbers from those that were received.
struct SequenceWindow {
  /// The number of latest numbers that are known one by one.
  static let length: UInt64 = 4096

  /// The state of a number: new, received before, or too old to be known.
  enum Verdict {
    case new, seen

    /// It is below the window, or below the floor.
    case tooOld
  }

  /// The highest number that was received; 0 before the first.
  private(set) var highest: UInt64 = 0

  /// All numbers up to this one are too old.
  private var floor: UInt64 = 0

  /// A bit for each number of the window, by its remainder; empty while no number is above the
  /// floor.
  private var bits: ContiguousArray<UInt64> = []

  /// The number in quarantine; 0 if there is none. It is released when a number within the window
  /// arrives.
  private var quarantined: UInt64 = 0

  /// The highest number that is not far from the others.
  var farthest: UInt64 { highest + Self.length }

  /// Whether the distance of a number to the highest one is longer than the window.
  func isFar(_ number: UInt64) -> Bool {
    number > highest ? number > farthest : highest - number >= Self.length
  }

  /// Returns whether a number must be ignored for now: it is far from the highest, and not near the
  /// number in quarantine. If it is near that number, the window moves to the lower of the two, and
  /// the numbers from there down to the former highest count as not received. `again`: the
  /// quarantine also ends if the same number arrives once more; to be set where the number cannot
  /// be that of a second copy. Precondition: numbers begin with 1. O(window)
  mutating func quarantines(_ number: UInt64, again: Bool) -> Bool {
    guard isFar(number) else {
      quarantined = 0
      return false
    }
    let distance = number > quarantined ? number - quarantined : quarantined - number
    guard quarantined > 0, distance < Self.length, again || distance > 0 else {
      quarantined = number
      return true
    }
    let start = min(number, quarantined) - 1
    floor = min(highest, start)
    highest = start
    bits = ContiguousArray(repeating: 0, count: Int(Self.length / 64))
    quarantined = 0
    return false
  }

  /// The state of a number, without recording it. O(1)
  func verdict(on number: UInt64) -> Verdict {
    if number > highest { return .new }
    if number <= floor || highest - number >= Self.length { return .tooOld }
    let place = Int(number % Self.length)
    return bits[place / 64] & 1 << UInt64(place % 64) == 0 ? .new : .seen
  }

  /// Records a number. Returns its state before. Amortised O(1) over the numbers that are skipped,
  /// of which at most the length of the window cost time.
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

  /// Makes all numbers up to the highest too old, and frees the memory.
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
