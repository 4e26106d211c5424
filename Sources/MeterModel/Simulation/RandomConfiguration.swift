// Random settings of a meter: small delays that often coincide, and small limits.

extension Configuration {
  /// Delays of a few seconds each, often equal to one another, often zero.
  init(random source: inout RandomSource, profile: CrowdProfile) {
    self.init()
    func delay(_ choices: [UInt64]) -> Duration { .seconds(source.choose(choices)) }
    incrementDelay = delay(profile == .flood ? [2, 3, 5] : [0, 0, 0, 1, 2, 5])
    notifyMinDelay = delay([0, 1, 2, 2, 3, 10])
    notifyMaxDelay = delay(profile == .idle ? [10, 25, 100] : [1, 5, 10, 25])
    if source.chance(1, in: 8) && profile != .idle { notifyMaxDelay = .milliseconds(500) }
    namespaceCleanDelay = delay([0, 1, 2, 5, 10, 60])
    maximumConnectionDuration = delay(
      profile == .herd ? [1, 5, 10] : profile == .moves ? [0, 1, 10, 10] : [0, 0, 2, 10, 3600])
    clusterNodeTimeout = delay(profile == .moves ? [1, 5, 60, 60] : [0, 1, 2, 5, 5, 10])
    externalTimeout = delay([1, 2, 5, 5, 60])
    viewerIDs = source.choose(profile.viewerIDs)
    let isAboutGrace = profile == .reloads || profile == .moves
    decrementDelay = delay(isAboutGrace ? [1, 2, 5, 8, 8] : [0, 0, 1, 2, 5, 8])
    restartDelay = delay(profile == .restarts ? [0, 1, 2, 5, 30] : [0, 0, 1, 2, 5])
    pingTimeout = delay([1, 1, 2, 2, 5, 10])
    if source.chance(1, in: 3) { maximumPings = source.choose([1, 2, 3]) }
    let ratios: [Fraction?] = [
      Fraction(numerator: 0, decimals: 0), Fraction(numerator: 1, decimals: 0),
      Fraction(numerator: 29, decimals: 2), Fraction(numerator: 5, decimals: 1), .oneTenth,
      Fraction(numerator: 25, decimals: 2),
    ]
    notifyDeltaRatio = source.choose(ratios) ?? .oneTenth
    if source.chance(1, in: 4) { maximumConnections = source.choose([1, 2, 3, 8]) }
    if source.chance(1, in: 4) { maximumNamespaces = source.choose([1, 2, 3]) }
  }
}
