import Foundation

/// What `GET /cluster` says.
struct ClusterReport: Decodable {
  struct Node: Decodable {
    let id: String
    let address: String
    let carrier: String
    let namespaces: Int
    let members: Int
    let dropped: [String: Int]
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
  let carriers: [Carrier]

  /// How many datagrams it did not take.
  var unbelieved: Int { duplicates + dropped.values.reduce(0, +) }
}

/// What a node hears, its viewers hear at once.
private let quickly = [
  "--notify-min-delay", "0", "--notify-max-delay", "60", "--cluster-notify-interval", "200ms",
]

/// For tests in which a node is forgotten: it is so soon. In others it would be because the machine was busy.
let forgetful = ["--cluster-node-timeout", "1s"]

extension RunningDaemon {
  /// Starts a node of a cluster.
  static func node(_ options: [String], in network: NetworkNamespace? = nil) throws -> RunningDaemon
  {
    try start(quickly + options, network: network)
  }

  /// What it knows of the cluster.
  func cluster() throws -> ClusterReport {
    let answer = try ask(statistics, request("GET /cluster"))
    guard answer.status == 200 else { throw HarnessError("GET /cluster: \(answer.status)") }
    return try JSONDecoder().decode(ClusterReport.self, from: Data(answer.body.utf8))
  }

  /// Waits until what it knows of the cluster is as wanted.
  @discardableResult
  func awaitCluster(
    within seconds: Double = Deadline.patience, _ isWanted: (ClusterReport) -> Bool
  ) throws -> ClusterReport {
    let deadline = Deadline(within: seconds)
    while true {
      let report = try cluster()
      if isWanted(report) { return report }
      guard !deadline.hasPassed else { throw HarnessError("the cluster is not so: \(report)") }
    }
  }
}

/// A multicast group that no other test has, on this machine's own network.
struct TestGroup {
  let address = "239.255.\(Int.random(in: 1...254)).\(Int.random(in: 1...254))"
  let port = TestPorts.next()

  var options: [String] {
    ["--cluster-addr", "\(address):\(port)", "--cluster-interface", "127.0.0.1"]
  }
}

/// UDP ports for nodes that are each other's peers, and their options.
func peerOptions(_ count: Int) -> [[String]] {
  let ports = (0..<count).map { _ in TestPorts.next() }
  return ports.map { own in
    let others = ports.filter { $0 != own }.map { "127.0.0.1:\($0)" }
    return ["--cluster-port", "\(own)", "--cluster-peers", others.joined(separator: ",")]
  }
}

/// How long something took, in seconds.
func measuring(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}
