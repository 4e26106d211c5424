// How long one connection may last (rule 6). The end is spread over the last fifth of the maximum, so
// that a crowd that came together does not come back together; the spread is a function of the
// connection's ordinal alone, so a replay ends everyone at the same instants.

extension Configuration {
  /// How many lengths of life there are.
  static let lifetimeBuckets = 64

  /// Which of the lengths of life a connection has: 0 to 63, scattered.
  static func lifetimeBucket(of connection: ConnectionOrdinal) -> Int {
    Int((connection.number &* 0x9E37_79B1) >> 26)
  }

  /// How long connections of a bucket may last; nil when `max-conn-duration` is disabled.
  func lifetime(ofBucket bucket: Int) -> Duration? {
    let maximum = maximumConnectionDuration.nanoseconds
    guard maximum > 0 else { return nil }
    let product = (maximum / 5).multipliedFullWidth(by: UInt64(bucket))
    let spread = UInt64(Self.lifetimeBuckets).dividingFullWidth(product).quotient
    return Duration(nanoseconds: maximum - spread)
  }

  /// How long a connection may last; nil when `max-conn-duration` is disabled.
  package func lifetime(of connection: ConnectionOrdinal) -> Duration? {
    lifetime(ofBucket: Self.lifetimeBucket(of: connection))
  }
}
