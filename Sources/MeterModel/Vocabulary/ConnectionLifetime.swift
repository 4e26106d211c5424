// The maximum duration of a connection (§2 rule 7). Connections that opened together must not all
// return together, so a fixed function of the ordinal spreads their ends over the last fifth of the
// duration.

extension Configuration {
  /// The duration of the connection from its open: more than four fifths of
  /// `maximumConnectionDuration` and at most all of it; nil if the limit is disabled.
  package func lifetime(of connection: ConnectionOrdinal) -> Duration? {
    guard maximumConnectionDuration > .zero else { return nil }
    return lifetime(ofBucket: connection.lifetimeBucket)
  }

  /// The lifetime of all connections of a bucket (0 to 63). Precondition: the limit is enabled.
  package func lifetime(ofBucket bucket: UInt64) -> Duration {
    let maximum = maximumConnectionDuration.nanoseconds
    let spread = UInt128(maximum) * UInt128(bucket) / (5 * 64)
    return Duration(nanoseconds: maximum - UInt64(spread))
  }
}

extension ConnectionOrdinal {
  /// The number of different lifetimes.
  package static let lifetimeBuckets: UInt64 = 64

  /// The number of the connection's lifetime: 0, the longest, to 63. Neighbours in the order of
  /// opening have very different numbers (Fibonacci hashing).
  package var lifetimeBucket: UInt64 {
    UInt64((number &* 0x9E37_79B1) >> 26)
  }
}
