import Glibc
import Synchronization

/// Ports below those that the kernel gives to clients, each given to one test alone. Those from 10,000 to 19,999
/// are for the daemons' own.
enum TestPorts {
  private static let given = Atomic(UInt32(getpid()) &* 97)

  static func next() -> UInt16 {
    20_000 + UInt16(given.wrappingAdd(1, ordering: .relaxed).newValue % 12_000)
  }

  /// One that another test may have too, for who tries another then.
  static func forDaemon() -> UInt16 { UInt16.random(in: 10_000...19_999) }
}
