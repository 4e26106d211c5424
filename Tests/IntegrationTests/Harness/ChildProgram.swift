import CLinux
import Foundation

/// A program that runs beside a test: curl, nginx, HAProxy, openssl, or one run of the built
/// program.
final class ChildProgram {
  /// What it writes on standard output, and on standard error.
  let output: RawClient
  let standardError: RawClient
  private let spawned: SpawnedProcess

  var process: pid_t { spawned.id }

  /// The path of an installed program whose name or path is given; nil where it is not installed.
  /// `sbin` is in no user's `PATH`.
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
    var launch = Launch(command: [path] + arguments)
    launch.environment = environment
    try self.init(launch, listener: listener)
  }

  /// Starts a program with sockets as standard output and standard error. `listener`, if there is
  /// one, is its descriptor 3: a socket that listens already, so that a client can connect before
  /// the program is ready. Without a reader, whatever it writes on standard output fails.
  init(_ launch: Launch, listener: Int32? = nil, hasReader: Bool = true) throws {
    let (output, standardError) = (try SocketPair(), try SocketPair())
    self.output = RawClient(connected: output.ours)
    self.standardError = RawClient(connected: standardError.ours)
    if !hasReader { self.output.close() }
    defer {
      close(output.theirs)
      close(standardError.theirs)
    }
    var launch = launch
    launch.descriptors = [nil, output.theirs, standardError.theirs]
    if let listener { launch.descriptors.append(listener) }
    spawned = try SpawnedProcess(launch)
  }

  /// Kills it: it cannot say goodbye. A second call does nothing.
  func end() { spawned.end() }

  func signal(_ signal: Int32) { spawned.signal(signal) }

  /// Waits for its end. The answer is its exit status, negative for the number of a signal, and the
  /// rest of what it wrote.
  func awaitExit(
    within seconds: Double = Deadline.timeout
  ) throws -> (status: Int32, output: String, standardError: String) {
    let deadline = Deadline(within: seconds)
    // What is written fits in a socket's buffer, so one can be read after the other.
    let rest = try output.isOpen ? output.readToEnd(within: deadline.seconds) : ""
    let errors = try standardError.readToEnd(within: deadline.seconds)
    guard let status = spawned.awaitExit(within: deadline.seconds) else {
      throw HarnessError("process \(process) does not end; it wrote: \(rest)\(errors)")
    }
    return (status, rest, errors)
  }
}
