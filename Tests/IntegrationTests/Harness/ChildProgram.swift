import CLinux
import Foundation

/// A program of this machine, run beside a test: curl, nginx, HAProxy, openssl.
///
/// It leads a process group of its own, which is killed when the test is done with it, so that
/// nothing is left behind when a test fails.
final class ChildProgram {
  let process: pid_t

  /// What it writes on standard output, and on standard error.
  let output: RawClient
  let complaints: RawClient
  private var status: Int32?

  /// Where a program is installed, of which the name or the path is given; nil where it is not. `sbin` is in
  /// no user's `PATH`.
  static func path(of name: String) -> String? {
    if name.hasPrefix("/") { return access(name, X_OK) == 0 ? name : nil }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return (folders.map { String($0) } + ["/usr/sbin", "/usr/local/sbin"])
      .map { "\($0)/\(name)" }
      .first { access($0, X_OK) == 0 }
  }

  /// Starts the program of that name.
  convenience init(
    _ name: String, _ arguments: [String], environment: [String: String] = [:],
    listener: Int32? = nil
  ) throws {
    guard let path = Self.path(of: name) else { throw HarnessError("no \(name) is installed") }
    try self.init(path: path, arguments, environment: environment, listener: listener)
  }

  /// Starts the program of that path. `listener`, if there is one, is its descriptor 3: a socket
  /// that listens already, so that who connects need not wait for the program.
  init(
    path: String, _ arguments: [String], environment: [String: String] = [:],
    listener: Int32? = nil
  ) throws {
    let (output, complaints) = (try Self.makePair(), try Self.makePair())
    self.output = RawClient(connected: output.ours)
    self.complaints = RawClient(connected: complaints.ours)
    defer {
      close(output.theirs)
      close(complaints.theirs)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, output.theirs, 1)
    posix_spawn_file_actions_adddup2(&actions, complaints.theirs, 2)
    if let listener { posix_spawn_file_actions_adddup2(&actions, listener, 3) }

    var attributes = try Self.makeAttributes()
    defer { posix_spawnattr_destroy(&attributes) }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var process: pid_t = 0
    let code = withCStrings([path] + arguments) { arguments in
      withCStrings(variables.map { "\($0)=\($1)" }) { variables in
        posix_spawn(&process, path, &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else { throw HarnessError("posix_spawn of \(path): error \(code)") }
    self.process = process
  }

  deinit { end() }

  /// Kills it, as by a cut: it has no time to say goodbye. Doing it again does nothing.
  func end() {
    guard status == nil else { return }
    kill(-process, SIGKILL)
    reap()
  }

  /// Waits for its end; the answer is its exit status, negative for a signal's number. `said` is
  /// the rest of what it wrote.
  func awaitExit(within seconds: Double = Deadline.patience) throws -> (status: Int32, said: String)
  {
    let said = try output.readToEnd(within: seconds)
    // Standard error ends with the process itself.
    let complained = try complaints.readToEnd(within: seconds)
    return (reap(), said + complained)
  }

  @discardableResult
  private func reap() -> Int32 {
    if let status { return status }
    var word: Int32 = 0
    while waitpid(process, &word, 0) < 0, errno == EINTR {}
    let signal = word & 0x7F
    let ended = signal == 0 ? word >> 8 & 0xFF : -signal
    status = ended
    return ended
  }

  private static func makePair() throws -> (ours: Int32, theirs: Int32) {
    var pair: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
      throw HarnessError("socketpair: errno \(errno)")
    }
    return (pair[0], pair[1])
  }

  /// A group of its own, and no signal blocked, as the threads of Swift Testing block them.
  private static func makeAttributes() throws -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    guard posix_spawnattr_init(&attributes) == 0 else {
      throw HarnessError("posix_spawnattr_init failed")
    }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    return attributes
  }
}

/// A folder of a test's own, removed with its content when the test is done with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("audience-meter-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file; the answer is its path.
  func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
    return "\(path)/\(name)"
  }
}
