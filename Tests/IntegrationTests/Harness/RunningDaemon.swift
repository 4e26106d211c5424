import CLinux
import Glibc

/// The built daemon, which serves on ports of its own.
final class RunningDaemon {
  /// The lines that it wrote on standard error until it served.
  let lines: [String]

  /// What it wrote on standard error afterwards: the lines that were read, and the rest once it has
  /// ended.
  private(set) var laterLines = ""

  private let spawned: SpawnedProcess
  private let standardError: RawClient

  /// The network in which it runs; nil for the machine's own.
  private let network: NetworkNamespace?

  var process: pid_t { spawned.id }

  /// The options that set the numbers of its ports.
  static let portOptions = [
    "--port", "--stats-port", "--notification-port", "--admin-port", "--demo-port",
  ]

  /// The options that tests want unless they name them: a viewer whose stream closed is gone at
  /// once.
  static let defaults = ["--decrement-delay", "0"]

  /// Starts a daemon, passes it to `body`, and stops it by SIGTERM, after which it must exit with
  /// 0. Whatever fails, the daemon is gone afterwards.
  static func serving<Answer>(
    _ options: String..., defaults: [String] = defaults, environment: [String: String] = [:],
    shell: String? = nil, confined confinement: Confinement = .none,
    _ body: (RunningDaemon) throws -> Answer
  ) throws -> Answer {
    let daemon = try start(
      options, defaults: defaults, environment: environment, shell: shell, confined: confinement)
    let answer: Answer
    do { answer = try body(daemon) } catch { throw daemon.failure(error) }
    try daemon.stop()
    return answer
  }

  /// The same for a body that waits for something else, such as a page in a browser.
  static func serving<Answer>(
    _ options: String..., body: (RunningDaemon) async throws -> Answer
  ) async throws -> Answer {
    let daemon = try start(options)
    let answer: Answer
    do { answer = try await body(daemon) } catch { throw daemon.failure(error) }
    try daemon.stop()
    return answer
  }

  /// Kills the daemon; the answer is an error that adds what it wrote.
  private func failure(_ error: any Error) -> HarnessError {
    HarnessError("\(error); the daemon wrote: \(kill())")
  }

  /// Starts a daemon on free ports. `shell` is a line of shell that becomes the daemon by `exec
  /// "$0" "$@"`.
  static func start(
    _ options: [String], defaults: [String] = defaults, environment: [String: String] = [:],
    shell: String? = nil, network: NetworkNamespace? = nil,
    confined confinement: Confinement = .none
  ) throws -> RunningDaemon {
    let shell = shell ?? network.map { "exec ip netns exec \($0.name) \"$0\" \"$@\"" }
    var lastError = HarnessError("no attempt to start a daemon")
    for _ in 0..<8 {
      var arguments = options
      if let option = defaults.first, !options.contains(option) { arguments += defaults }
      for option in portOptions where !options.contains(option) {
        if option == "--port", environment["PORT"] != nil { continue }
        // Below the ports that the kernel gives to clients. One that is in use all the same:
        // another attempt.
        arguments += [option, "\(TestPorts.forDaemon())"]
      }
      let command = shell.map { ["/bin/sh", "-c", $0, ProgramRun.executable] }
      var launch = ProgramRun.launch(
        (command ?? [ProgramRun.executable]) + arguments, environment: environment)
      // As a shell starts it in the foreground, and with signals blocked: the daemon sets its own
      // mask.
      launch.isDetached = false
      do {
        return try RunningDaemon(launch, network, confinement)
      } catch let error as HarnessError {
        lastError = error
        if !error.description.contains("the port is in use") { throw error }
      }
    }
    throw lastError
  }

  private init(
    _ launch: Launch, _ network: NetworkNamespace?, _ confinement: Confinement
  ) throws {
    self.network = network
    let pair = try SocketPair()
    let standardError = RawClient(connected: pair.ours)
    self.standardError = standardError
    var complete = launch
    complete.descriptors = [nil, nil, pair.theirs]
    let process = Result { [complete] in try confinement.starting { try complete.start() } }
    close(pair.theirs)
    let spawned = SpawnedProcess(id: try process.get(), leadsGroup: launch.isDetached)
    self.spawned = spawned
    let deadline = Deadline()
    var lines: [String] = []
    do {
      // The line of the demo port is the last.
      while lines.last?.hasPrefix("audience-meter: demo on ") != true {
        lines.append(
          String(try standardError.read(through: "\n", within: deadline.seconds).dropLast()))
      }
    } catch {
      let status = spawned.end()
      let text = (lines + ["\(error)"]).joined(separator: "\n")
      throw HarnessError("did not start: \(text) (status \(status))")
    }
    self.lines = lines
  }

  var audience: UInt16 { port("audience") }
  var statistics: UInt16 { port("statistics") }
  var messages: UInt16 { port("messages") }
  var admin: UInt16 { port("admin") }
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

  func signal(_ signal: Int32) { spawned.signal(signal) }

  /// Calls `prepare` and then stops the daemon's process, as a busy machine does, until `resume`.
  /// Where the machine was so slow that `seconds` have passed meanwhile, all of that is repeated.
  func suspend<Answer>(within seconds: Double, after prepare: () throws -> Answer) throws -> Answer
  {
    for _ in 0..<5 {
      let started = ContinuousClock.now
      let answer = try prepare()
      spawned.suspend()
      if started.duration(to: .now) < .seconds(seconds) { return answer }
      resume()
    }
    throw HarnessError("the machine is too slow to suspend a daemon within \(seconds) s")
  }

  /// Lets a suspended process go on.
  func resume() { spawned.resume() }

  /// Waits for the next line that it writes on standard error.
  func nextLine() throws -> String {
    let line = try standardError.read(through: "\n")
    laterLines += line
    return String(line.dropLast())
  }

  /// Ends it by SIGTERM; throws unless it exits with 0.
  func stop() throws {
    let status = try stop(by: SIGTERM)
    guard status == 0 else {
      throw HarnessError("the daemon ended with \(status); it wrote: \(laterLines)")
    }
  }

  /// Sends it a signal and waits for its end; the answer is its exit status, negative for the
  /// number of a signal.
  func stop(by signal: Int32) throws -> Int32 {
    self.signal(signal)
    return try awaitEnd()
  }

  func awaitEnd(within seconds: Double = Deadline.timeout) throws -> Int32 {
    let deadline = Deadline(within: seconds)
    do {
      laterLines += try standardError.readToEnd(within: deadline.seconds)
    } catch {
      throw HarnessError("the daemon does not end: \(error); it wrote: \(kill())")
    }
    guard let status = spawned.awaitExit(within: deadline.seconds) else {
      throw HarnessError("the daemon does not end; it wrote: \(laterLines)\(kill())")
    }
    return status
  }

  /// Kills it; the answer is what it wrote last. A second call does nothing.
  @discardableResult
  func kill() -> String {
    let status = spawned.end()
    let rest = (try? standardError.readToEnd()) ?? ""
    laterLines += rest
    return "\(rest)(status \(status))"
  }
}
