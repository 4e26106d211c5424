import Glibc

/// Whether a Redis server is installed.
let isRedisInstalled = ChildProgram.path(of: "redis-server") != nil

/// A Redis server of a test's own: a port, a password, and nothing kept on the disk. It may be in a
/// network of its own too.
final class RedisServer {
  let port: UInt16
  let password = "p/ss:w%rd"
  private let folder: TemporaryFolder
  private let mostClients: Int
  private let network: NetworkNamespace?
  private let host: String
  private(set) var program: ChildProgram

  /// Starts it, on a port that nobody has or on one that it had before.
  init(
    port: UInt16? = nil, mostClients: Int = 1000, in network: NetworkNamespace? = nil,
    at host: String = "127.0.0.1"
  ) throws {
    self.port = port ?? TestPorts.next()
    self.mostClients = mostClients
    self.network = network
    self.host = host
    folder = try TemporaryFolder()
    program = try Self.start(self.port, password, folder.path, mostClients, network)
    try awaitAnswer()
  }

  /// The URL of a channel, as the option takes it.
  func url(_ channel: String = "meters") -> String {
    "redis://:p%2Fss%3Aw%25rd@\(host):\(port)/\(channel)"
  }

  /// Ends it as its operator does, or as a power cut does.
  func end(by signal: Int32 = SIGKILL) throws {
    kill(program.process, signal)
    _ = try program.awaitExit()
  }

  /// Starts it again, on the same port.
  func restart() throws {
    program = try Self.start(port, password, folder.path, mostClients, network)
    try awaitAnswer()
  }

  /// Sends a command by a connection of its own, and waits for the beginning of the answer.
  @discardableResult
  func command(_ line: String) throws -> String {
    let port = port
    let connect: @Sendable () throws -> Int32 = { try Loopback.v4.connect(to: port) }
    let client = RawClient(connected: try network.map { try $0.enter(connect) } ?? connect())
    try client.send("AUTH \(password)\r\n\(line)\r\n")
    _ = try client.read(through: "\r\n")
    return try client.read(through: "\r\n")
  }

  private static func start(
    _ port: UInt16, _ password: String, _ folder: String, _ mostClients: Int,
    _ network: NetworkNamespace?
  ) throws -> ChildProgram {
    let arguments = [
      "--port", "\(port)", "--requirepass", password, "--save", "", "--appendonly", "no", "--dir",
      folder, "--maxclients", "\(mostClients)",
    ]
    guard let network else {
      return try ChildProgram("redis-server", arguments + ["--bind", "127.0.0.1"])
    }
    return try ChildProgram("ip", ["netns", "exec", network.name, "redis-server"] + arguments)
  }

  /// Waits until it answers.
  private func awaitAnswer() throws {
    let deadline = Deadline()
    while true {
      if let answer = try? command("PING"), answer == "+PONG\r\n" { return }
      guard !deadline.hasPassed else {
        throw HarnessError("redis-server does not answer: \(program.output.takeWhatCame())")
      }
    }
  }
}
