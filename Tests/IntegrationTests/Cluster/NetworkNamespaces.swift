import CLinux
import Foundation

/// The reason why no network namespace can be made here; nil if one can.
let whyNoNetworks: String? = {
  guard ChildProgram.path(of: "ip") != nil else { return "needs ip (iproute2)" }
  guard geteuid() == 0 else { return "needs root, to make network namespaces" }
  do {
    _ = try NetworkNamespace()
    return nil
  } catch {
    return "needs the permission to make network namespaces (\(error))"
  }
}()

/// Runs `ip` with some arguments; the answer is its output.
@discardableResult
func ip(_ arguments: String) throws -> String {
  let program = try ChildProgram("ip", arguments.split(separator: " ").map { String($0) })
  let end = try program.awaitExit()
  guard end.status == 0 else {
    throw HarnessError("ip \(arguments): \(end.output)\(end.standardError)")
  }
  return end.output
}

/// A network namespace, removed at its last use.
final class NetworkNamespace: Sendable {
  let name: String

  private static let prefix = "audience-meter-"

  init() throws {
    Self.removeRemains()
    name = "\(Self.prefix)\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try ip("netns add \(name)")
    try ip("-n \(name) link set lo up")
  }

  deinit {
    _ = try? ip("netns delete \(name)")
    try? FileManager.default.removeItem(atPath: "/etc/netns/\(name)")
  }

  /// Sets the content of `/etc/hosts` for the programs that are started in the network from now on.
  /// The content may be changed while they run.
  func setHosts(_ text: String) throws {
    let folder = "/etc/netns/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = open("\(folder)/hosts", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    defer { close(file) }
    // The file is written in place. Programs that run keep this file open to them, and would not
    // see another file that replaces it.
    guard file >= 0, write(file, text, text.utf8.count) == text.utf8.count else {
      throw HarnessError("\(folder)/hosts: errno \(errno)")
    }
  }

  /// Removes the namespaces of tests that were killed.
  private static func removeRemains() {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? []
    for name in all where name.hasPrefix(prefix) {
      let owner = name.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let process = pid_t(owner), kill(process, 0) != 0, errno == ESRCH else { continue }
      _ = try? ip("netns delete \(name)")
      try? FileManager.default.removeItem(atPath: "/etc/netns/\(name)")
    }
  }

  /// Calls `body` on a thread that is in this network; sockets that it makes stay there.
  func enter<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) throws -> Answer {
    let path = "/run/netns/\(name)"
    return try confinedToNewThread {
      let file = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(file) }
      guard file >= 0, setns(file, 0) == 0 else {
        throw HarnessError("setns \(path): errno \(errno)")
      }
      return try body()
    }
  }
}

/// Networks on one switch: 10.77.0.1, 10.77.0.2, … and fd77::1, fd77::2, …, each at its `eth0`.
final class SwitchedNetworks {
  let nodes: [NetworkNamespace]
  private let hub: NetworkNamespace

  init(_ count: Int) throws {
    hub = try NetworkNamespace()
    try ip("-n \(hub.name) link add br0 type bridge mcast_snooping 0 forward_delay 0")
    try ip("-n \(hub.name) link set br0 up")
    nodes = try (0..<count).map { _ in try NetworkNamespace() }
    for (index, node) in nodes.enumerated() { try connect(index, node) }
  }

  private func connect(_ index: Int, _ node: NetworkNamespace) throws {
    try ip(
      "-n \(hub.name) link add port\(index) type veth peer name eth0 netns \(node.name)")
    try ip("-n \(hub.name) link set port\(index) master br0 up")
    try ip("-n \(node.name) addr add \(address(of: index))/24 dev eth0")
    try ip("-n \(node.name) addr add fd77::\(index + 1)/64 dev eth0 nodad")
    try ip("-n \(node.name) link set eth0 up")
  }

  /// The IPv4 address of a node.
  func address(of node: Int) -> String { "10.77.0.\(node + 1)" }

  /// Cuts or restores the cable of a node at the switch: the node's interface stays up.
  func setCable(of node: Int, up: Bool) throws {
    try ip("-n \(hub.name) link set port\(node) \(up ? "up" : "down")")
  }

  /// Takes the interface of a node down or up.
  func setInterface(of node: Int, up: Bool) throws {
    try ip("-n \(nodes[node].name) link set eth0 \(up ? "up" : "down")")
    // An interface that goes down loses its IPv6 addresses.
    if up { try ip("-n \(nodes[node].name) addr replace fd77::\(node + 1)/64 dev eth0 nodad") }
  }

  /// Replaces the interface of a node by a new one of the same name.
  func replaceInterface(of node: Int) throws {
    try ip("-n \(hub.name) link delete port\(node)")
    try connect(node, nodes[node])
  }
}
