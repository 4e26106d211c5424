import Foundation

/// The response to `GET /cluster`.
struct ClusterReport: Decodable {
  struct Node: Decodable {
    let id: String
    let address: String
    let carrier: String
    let namespaces: Int
    let members: Int
    let dropped: [String: Int]
    let skipped: [String: Int]
  }

  struct Carrier: Decodable {
    let carrier: String
    let address: String
    let state: String
    let sent: Int
    let unsent: Int
    let received: Int
    let overrun: Int
  }

  let id: String
  let nodes: [Node]
  let duplicates: Int
  let dropped: [String: Int]
  let skipped: [String: Int]
  let carriers: [Carrier]

  /// The number of datagrams that the node did not accept.
  var notAccepted: Int { duplicates + dropped.values.reduce(0, +) }
}

/// The options of each node: its viewers get at once what it receives, and it forgets no other node
/// because the machine was busy for some seconds.
private let nodeOptions = [
  "--notify-min-delay", "0", "--notify-max-delay", "60", "--cluster-notify-interval", "200ms",
  "--cluster-node-timeout", "20s",
]

/// The option by which a node forgets another one soon, for the tests in which it does.
let forgetful = ["--cluster-node-timeout", "1s"]

extension RunningDaemon {
  /// Starts a node of a cluster.
  static func node(_ options: [String], in network: NetworkNamespace? = nil) throws -> RunningDaemon
  {
    try start(nodeOptions + options, network: network)
  }

  /// The node's report of the cluster.
  func cluster() throws -> ClusterReport {
    let answer = try ask(statistics, request("GET /cluster"))
    guard answer.status == 200 else { throw HarnessError("GET /cluster: \(answer.status)") }
    return try JSONDecoder().decode(ClusterReport.self, from: Data(answer.body.utf8))
  }

  /// Waits for a report of the cluster for which `isWanted` is true.
  @discardableResult
  func awaitCluster(_ isWanted: (ClusterReport) -> Bool) throws -> ClusterReport {
    var report = try cluster()
    do {
      try eventually("another report of the cluster") {
        report = try cluster()
        return isWanted(report)
      }
    } catch { throw HarnessError("\(error) than \(report)") }
    return report
  }
}

/// A multicast group of a test's own, on this machine's own network.
struct TestGroup {
  let address = "239.255.\(Int.random(in: 1...254)).\(Int.random(in: 1...254))"
  let port = TestPorts.next()

  var options: [String] {
    ["--cluster-addr", "\(address):\(port)", "--cluster-interface", "127.0.0.1"]
  }
}

/// The options of nodes that are peers of each other, each with a UDP port of its own.
func peerOptions(_ count: Int) -> [[String]] {
  let ports = (0..<count).map { _ in TestPorts.next() }
  return ports.map { own in
    let others = ports.filter { $0 != own }.map { "127.0.0.1:\($0)" }
    return ["--cluster-port", "\(own)", "--cluster-peers", others.joined(separator: ",")]
  }
}
