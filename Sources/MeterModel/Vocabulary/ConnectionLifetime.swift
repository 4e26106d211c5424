// How long a connection may last (§2.6). A crowd that came together must not come back together, so the
// ends are spread over the last fifth of the maximum by a fixed function of the connection.

extension Configuration {
  /// How long the connection may last from its open: more than four fifths of
  /// `maximumConnectionDuration` and at most all of it. Nil when that is zero, which disables the limit.
  package func lifetime(of connection: ConnectionOrdinal) -> Duration? {
    guard maximumConnectionDuration > .zero else { return nil }
    return lifetime(ofBucket: connection.lifetimeBucket)
  }

  /// The lifetime shared by all connections of a bucket (0 to 63), should there be a limit.
  package func lifetime(ofBucket bucket: UInt64) -> Duration {
    let maximum = maximumConnectionDuration.nanoseconds
    let spread = UInt128(maximum) * UInt128(bucket) / (5 * 64)
    return Duration(nanoseconds: maximum - UInt64(spread))
  }
}

extension ConnectionOrdinal {
  /// How many lengths of life there are.
  package static let lifetimeBuckets: UInt64 = 64

  /// Which of the 64 lifetimes the connection has: 0, the longest, to 63. Neighbours in the order of
  /// opening land far apart (Fibonacci hashing).
  package var lifetimeBucket: UInt64 {
    UInt64((number &* 0x9E37_79B1) >> 26)
  }
}
