// What the kernel allows, and what a load that runs on the same machine as its server needs of it.

/// Limits of the system, as it says them; nil where it does not.
package struct KernelLimits: Equatable, Sendable {
  /// Ports that connections may come from (`net.ipv4.ip_local_port_range`).
  package var ports = 28_232

  /// Open files in all (`fs.file-max`), and those open now.
  package var files: UInt64?
  package var openFiles: UInt64 = 0

  /// Pages of memory for TCP (the last of `net.ipv4.tcp_mem`).
  package var tcpPages: UInt64?

  /// Watched descriptors of one user (`fs.epoll.max_user_watches`).
  package var watches: UInt64?

  /// Memory that is free or can be made free, in bytes.
  package var memory: UInt64?

  package init() {}

  /// Memory that the kernel needs for a connection whose both ends are here, in bytes; measured.
  private static let memoryOfConnection: UInt64 = 8600

  /// What is too small for `connections` with both ends here, a sentence each; those that can only fail
  /// under load are guesses, and so warnings.
  package func warnings(connections: UInt64) -> [String] {
    var warnings: [String] = []
    let ends = connections * 2
    if let files, files < openFiles + ends {
      warnings.append(Self.small("fs.file-max", files, openFiles + ends))
    }
    if let tcpPages, tcpPages < ends {
      warnings.append(Self.small("net.ipv4.tcp_mem (its last number)", tcpPages, ends))
    }
    if let watches, watches < ends {
      warnings.append(Self.small("fs.epoll.max_user_watches", watches, ends))
    }
    return warnings
  }

  private static func small(_ name: String, _ value: UInt64, _ needed: UInt64) -> String {
    "\(name) is \(value), which may be too small: \(needed) would do"
  }

  /// Why so many connections cannot be tried without danger for the machine; nil where they can.
  package func refusal(connections: UInt64) -> String? {
    let needed = connections * Self.memoryOfConnection
    guard let memory, memory < needed else { return nil }
    return "\(connections) connections need about \(needed >> 20) MB of kernel memory,"
      + " and \(memory >> 20) MB are available"
  }
}
