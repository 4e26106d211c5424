// Random numbers that can be repeated: the same seed gives the same choices on every machine.
// Probabilities are exact fractions. A part of the simulation that needs choices of its own forks a
// source by a label, so that its choices do not change those of the others.

/// A random source, SplitMix64 (Steele, Lea, Flood, 2014).
package struct RandomSource {
  private var state: UInt64

  /// The source of a seed.
  package init(seed: UInt64) {
    state = seed
  }

  /// A source for the purpose that the label names. Equal labels of equal sources give equal
  /// choices.
  package func fork(_ label: String) -> RandomSource {
    var digest = Digest(resuming: state)
    for byte in label.utf8 { digest.combine(UInt64(byte)) }
    return RandomSource(seed: digest.value)
  }

  /// The next 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  /// A number from 0 to `bound` − 1. Precondition: `bound` is positive.
  package mutating func below(_ bound: UInt64) -> UInt64 {
    precondition(bound > 0, "nothing to choose from")
    return next().multipliedFullWidth(by: bound).high
  }

  /// A number from 0 to `bound` − 1. Precondition: `bound` is positive.
  package mutating func below(_ bound: Int) -> Int {
    Int(below(UInt64(bound)))
  }

  /// True with the probability `part` / `whole`.
  package mutating func chance(_ part: UInt64, in whole: UInt64) -> Bool {
    below(whole) < part
  }

  /// One of the choices. Precondition: there is at least one.
  package mutating func choose<Choice>(_ choices: [Choice]) -> Choice {
    choices[below(choices.count)]
  }

  /// An index, with the probability of its weight. Precondition: at least one weight is positive.
  package mutating func index(weights: [UInt64]) -> Int {
    var rest = below(weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    fatalError("the rest is below the sum of the weights")
  }
}
