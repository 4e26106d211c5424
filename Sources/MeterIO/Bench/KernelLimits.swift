// The limits of the kernel, and the needs of a load on the same machine as its server.

/// Limits of the system; nil for unknown ones.
package struct KernelLimits: Equatable, Sendable {
  /// The number of ports for outgoing connections (`net.ipv4.ip_local_port_range`).
  package var ports = 28_232

  /// The limit of open files (`fs.file-max`).
  package var files: UInt64?

  /// The number of open files now.
  package var openFiles: UInt64 = 0

  /// The number of pages of memory for TCP (the last of `net.ipv4.tcp_mem`).
  package var tcpPages: UInt64?

  /// The number of watched descriptors of one user (`fs.epoll.max_user_watches`).
  package var watches: UInt64?

  /// Available memory, in bytes.
  package var memory: UInt64?

  /// Unknown limits.
  package init() {}

  /// The kernel's memory for a connection with both ends on this machine, in bytes; measured.
  private static let memoryOfConnection: UInt64 = 8600

  /// The limits that are too low for `connections` with both ends on this machine, a sentence each.
  /// They are estimates.
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

  /// The reason why so many connections would endanger the machine; nil where they do not.
  package func refusal(connections: UInt64) -> String? {
    let needed = connections * Self.memoryOfConnection
    guard let memory, memory < needed else { return nil }
    return "\(connections) connections need about \(needed >> 20) MB of kernel memory,"
      + " and \(memory >> 20) MB are available"
  }
}
