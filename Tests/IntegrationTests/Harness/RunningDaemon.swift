import CLinux
import Foundation
import Synchronization

/// The built daemon, serving on ports of its own.
final class RunningDaemon {
  let process: pid_t

  /// What it said on standard error until it served.
  let lines: [String]
  private let complaints: Int32

  /// The network that it is in; nil for the machine's own.
  private let network: NetworkNamespace?
  private var hasEnded = false

  /// Starts a daemon, hands it to `body`, and stops it, which it must do cleanly. Whatever fails, it is
  /// gone afterwards.
  static func serving<Answer>(
    _ options: String..., environment: [String: String] = [:], shell: String? = nil,
    confined confinement: Confinement = .none, _ body: (RunningDaemon) throws -> Answer
  ) throws -> Answer {
    let daemon = try start(
      options, environment: environment, shell: shell, confined: confinement)
    let answer: Answer
    do {
      answer = try body(daemon)
    } catch {
      throw HarnessError("\(error); the daemon said: \(daemon.kill())")
    }
    let status = try daemon.stop(by: SIGTERM)
    guard status == 0 else { throw HarnessError("the daemon ended with \(status)") }
    return answer
  }

  /// The same for a body that waits for something else, like a page in a browser.
  static func serving<Answer>(
    _ options: String..., body: (RunningDaemon) async throws -> Answer
  ) async throws -> Answer {
    let daemon = try start(options)
    let answer: Answer
    do {
      answer = try await body(daemon)
    } catch {
      throw HarnessError("\(error); the daemon said: \(daemon.kill())")
    }
    let status = try daemon.stop(by: SIGTERM)
    guard status == 0 else { throw HarnessError("the daemon ended with \(status)") }
    return answer
  }

  /// Starts a daemon on free ports. `shell` is a line that becomes the daemon by `exec "$0" "$@"`.
  static func start(
    _ options: [String], environment: [String: String] = [:], shell: String? = nil,
    network: NetworkNamespace? = nil, confined confinement: Confinement = .none
  ) throws -> RunningDaemon {
    let shell = shell ?? network.map { "exec ip netns exec \($0.name) \"$0\" \"$@\"" }
    var complaint = ""
    for _ in 0..<8 {
      var arguments = options
      for option in ["--port", "--stats-port", "--notification-port", "--demo-port"]
      where !options.contains(option) {
        if option == "--port", environment["PORT"] != nil { continue }
        // Below what the kernel gives to clients. A port that is in use all the same: another try.
        arguments += [option, "\(TestPorts.forDaemon())"]
      }
      let child = try spawn(arguments, environment, shell, confinement)
      do {
        return try RunningDaemon(child.process, child.complaints, network)
      } catch let error as HarnessError {
        complaint = error.description
        if !complaint.contains("the port is in use") { throw error }
      }
    }
    throw HarnessError(complaint)
  }

  private init(
    _ process: pid_t, _ complaints: Int32, _ network: NetworkNamespace?
  ) throws {
    self.process = process
    self.network = network
    self.complaints = complaints
    let deadline = Deadline()
    var text = ""
    // The demo's lines are the last.
    while !text.contains("audience-meter: demo on ") || !text.hasSuffix("\n") {
      var entry = pollfd(fd: complaints, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, deadline.milliseconds) > 0, let more = Self.receive(complaints) else {
        lines = []
        throw HarnessError("did not start: \(text)\(kill())")
      }
      text += more
    }
    lines = text.split(separator: "\n").map { String($0) }
  }

  deinit {
    if !hasEnded { kill() }
    close(complaints)
  }

  // MARK: Ports

  var audience: UInt16 { port("audience") }
  var statistics: UInt16 { port("statistics") }
  var messages: UInt16 { port("messages") }
  var demo: UInt16 { port("demo") }

  private func port(_ title: String) -> UInt16 {
    let line = lines.first { $0.hasPrefix("audience-meter: \(title) on ") } ?? ""
    return line.lastIndex(of: ":").flatMap { UInt16(line[line.index(after: $0)...]) } ?? 0
  }

  /// Connects to one of its ports.
  func connect(
    to port: UInt16, by address: Loopback = .v4, receiveBuffer: Int32? = nil
  ) throws -> RawClient {
    guard let network else {
      return try RawClient(port: port, by: address, receiveBuffer: receiveBuffer)
    }
    return RawClient(
      connected: try network.enter { try address.connect(to: port, receiveBuffer: receiveBuffer) })
  }

  // MARK: Its end

  /// Signals it and waits for its end; the answer is its exit status, negative for a signal's number.
  func stop(by signal: Int32, within seconds: Double = Deadline.patience) throws -> Int32 {
    Glibc.kill(process, signal)
    return try awaitEnd(within: seconds)
  }

  func awaitEnd(within seconds: Double = Deadline.patience) throws -> Int32 {
    let deadline = Deadline(within: seconds)
    var said = ""
    while true {
      var entry = pollfd(fd: complaints, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, deadline.milliseconds) > 0 else {
        throw HarnessError("does not end; it said: \(said)\(kill())")
      }
      guard let more = Self.receive(complaints) else { break }
      said += more
    }
    lastWords = said
    return reap()
  }

  /// What it said between its start and its end.
  private(set) var lastWords = ""

  /// Kills it; the answer is what it said last.
  @discardableResult
  func kill() -> String {
    guard !hasEnded else { return "" }
    Glibc.kill(process, SIGKILL)
    var said = ""
    while let more = Self.receive(complaints) { said += more }
    return "\(said)(status \(reap()))"
  }

  private func reap() -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    hasEnded = true
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : -signal
  }

  /// nil at the end.
  private static func receive(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }

  // MARK: Its start

  /// Starts the program with a socket as standard error, whose end is the program's.
  private static func spawn(
    _ arguments: [String], _ environment: [String: String], _ shell: String?,
    _ confinement: Confinement
  ) throws -> (process: pid_t, complaints: Int32) {
    var pair: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
      throw HarnessError("socketpair: errno \(errno)")
    }
    defer { close(pair[1]) }
    let program = ProgramRun.executable.path
    let command = shell.map { ["/bin/sh", "-c", $0, program] } ?? [program]
    let variables = ProcessInfo.processInfo.environment
      .filter { $0.key != "PORT" && $0.key != "HOST" }
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
      .merging(environment) { $1 }
    let started = Started()
    let code = try confinement.starting { [complaints = pair[1]] in
      var process: pid_t = 0
      let code = spawn(command + arguments, variables, complaints: complaints, &process)
      started.process.withLock { [process] in $0 = process }
      return code
    }
    guard code == 0 else {
      close(pair[0])
      throw HarnessError("posix_spawn: error \(code)")
    }
    return (started.process.withLock { $0 }, pair[0])
  }

  private final class Started: Sendable {
    let process = Mutex<pid_t>(0)
  }

  private static func spawn(
    _ command: [String], _ variables: [String: String], complaints: Int32, _ process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, complaints, 2)
    // Pipes of programs that other tests are just starting are none of the daemon's.
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    return withCStrings(command) { arguments in
      withCStrings(variables.map { "\($0)=\($1)" }) { variables in
        posix_spawn(&process, command[0], &actions, nil, arguments, variables)
      }
    }
  }
}

/// Calls `body` with a list of C strings that ends with a null pointer.
func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}
