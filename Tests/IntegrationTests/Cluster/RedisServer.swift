import Glibc

/// Whether a Redis server is installed.
let isRedisInstalled = ChildProgram.path(of: "redis-server") != nil

/// A Redis server of a test's own, with a port and a password of its own, which stores nothing on
/// the disk.
final class RedisServer {
  let port: UInt16
  let password = "p/ss:w%rd"
  private let folder: TemporaryFolder
  private let maximumClients: Int
  private let network: NetworkNamespace?
  private let host: String
  private(set) var program: ChildProgram

  /// Starts it, on a free port or on a given one, perhaps in a network of its own.
  init(
    port: UInt16? = nil, maximumClients: Int = 1000, in network: NetworkNamespace? = nil,
    at host: String = "127.0.0.1"
  ) throws {
    self.port = port ?? TestPorts.next()
    self.maximumClients = maximumClients
    self.network = network
    self.host = host
    folder = try TemporaryFolder()
    program = try Self.start(self.port, password, folder.path, maximumClients, network)
    try awaitAnswer()
  }

  /// The URL of a channel, as the option takes it.
  func url(_ channel: String = "meters") -> String {
    "redis://:p%2Fss%3Aw%25rd@\(host):\(port)/\(channel)"
  }

  /// Ends it by SIGTERM, as an operator does, or by SIGKILL, as a power cut does.
  func end(by signal: Int32 = SIGKILL) throws {
    program.signal(signal)
    _ = try program.awaitExit()
  }

  /// Starts it again, on the same port.
  func restart() throws {
    program = try Self.start(port, password, folder.path, maximumClients, network)
    try awaitAnswer()
  }

  /// Sends a command on a connection of its own; the answer is the first line of the response.
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
    _ port: UInt16, _ password: String, _ folder: String, _ maximumClients: Int,
    _ network: NetworkNamespace?
  ) throws -> ChildProgram {
    let arguments = [
      "--port", "\(port)", "--requirepass", password, "--save", "", "--appendonly", "no", "--dir",
      folder, "--maxclients", "\(maximumClients)",
    ]
    guard let network else {
      return try ChildProgram("redis-server", arguments + ["--bind", "127.0.0.1"])
    }
    return try ChildProgram("ip", ["netns", "exec", network.name, "redis-server"] + arguments)
  }

  /// Waits until it answers.
  private func awaitAnswer() throws {
    do {
      try eventually("an answer of redis-server") { (try? command("PING")) == "+PONG\r\n" }
    } catch {
      throw HarnessError("\(error); it wrote: \(program.output.takeReceived())")
    }
  }
}
