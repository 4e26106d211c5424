import Glibc
import Synchronization

/// Ports below those that the kernel gives to clients, each for one test alone. The daemons' own
/// are those from 10,000 to 19,999.
enum TestPorts {
  private static let given = Atomic(UInt32(getpid()) &* 97)

  static func next() -> UInt16 {
    20_000 + UInt16(given.wrappingAdd(1, ordering: .relaxed).newValue % 12_000)
  }

  /// A port that may be in use already: then another has to be tried.
  static func forDaemon() -> UInt16 { UInt16.random(in: 10_000...19_999) }
}
