import CLinux
import Glibc
import Testing

/// A start that fails: one line on standard error says what is wrong, and the exit status tells a
/// wrong command line from all else (§3). A supervisor that starts the daemon again and again then
/// shows the reason each time.
@Suite struct `A start that fails` {
  /// Runs the program, which must fail, and checks that its only line is `audience-meter: ` and
  /// `reason`, and perhaps more.
  private func expect(
    _ status: Int32, _ reason: String, of arguments: [String],
    environment: [String: String] = [:]
  ) throws {
    var command = arguments
    if !arguments.contains("bench") { command += Self.otherPorts(than: arguments, environment) }
    let run = try ProgramRun(arguments: command, environment: environment)
    #expect(run.errors.hasPrefix("audience-meter: \(reason)"), "\(run.errors)")
    #expect(run.status == status && run.output.isEmpty && run.errorLines == 1, "\(run.errors)")
  }

  /// Options that close the ports that the arguments and the environment do not set.
  private static func otherPorts(
    than arguments: [String], _ environment: [String: String]
  ) -> [String] {
    var options: [String] = []
    for option in RunningDaemon.portOptions
    where !arguments.contains(option) && (option != "--port" || environment["PORT"] == nil) {
      options += [option, "0"]
    }
    return options
  }

  @Test(arguments: [
    ("PORT", "65536", "'65536' is not a port from 0 to 65535"),
    ("PORT", "http", "'http' is not a port from 0 to 65535"),
    ("HOST", "a b", "'a b' is not an IP"),
  ])
  func `a variable of the environment that is no value is wrong usage`(
    name: String, value: String, reason: String
  ) throws {
    try expect(64, "environment variable \(name): \(reason)", of: [], environment: [name: value])
  }

  @Test func `a host or a port of the environment that cannot be used is named as a variable`()
    throws
  {
    let taken = try Loopback.v4.listen()
    defer { close(taken.socket) }
    let port = "\(taken.port)"
    for (environment, reason) in [
      (["HOST": "nothing.invalid"], "HOST: 'nothing.invalid' is no address of this machine"),
      (["HOST": "192.0.2.1"], "HOST: 192.0.2.1 is no address of this machine"),
      (
        ["HOST": "127.0.0.1", "PORT": port],
        "PORT: cannot listen on 127.0.0.1:\(port): the port is in use"
      ),
    ] {
      try expect(1, "environment variable \(reason)", of: [], environment: environment)
    }
    // An option takes the place of the variable, and is named itself.
    try expect(
      1, "--host: 192.0.2.1 is no address", of: ["--host", "192.0.2.1"],
      environment: ["HOST": "127.0.0.1"])
    try expect(
      1, "--port: cannot listen on 127.0.0.1:\(port)", of: ["--port", port],
      environment: ["HOST": "127.0.0.1", "PORT": "0"])
  }

  @Test(arguments: [
    ["--cluster-addr", "239.1.2.3:4", "--cluster-notify-interval", "5"],
    ["--cluster-peers", "a:1", "--cluster-node-timeout", "2s"],
    ["--cluster-redis", "redis://a", "--cluster-notify-interval", "6"],
    ["bench", "--mode", "cluster", "--cluster-notify-interval", "5"],
  ])
  func `a notify interval that is not shorter than the node timeout is wrong usage`(
    arguments: [String]
  ) throws {
    let interval = arguments.last == "2s" ? "2" : arguments.last ?? ""
    let timeout = arguments.last == "2s" ? "2" : "5"
    try expect(
      64,
      "--cluster-notify-interval: \(interval)s is not less than the --cluster-node-timeout of "
        + "\(timeout)s, within which", of: arguments)
  }

  @Test(arguments: [
    ("rediss://:sesame@a", "rediss:// (TLS) is not supported: use redis://, and a tunnel"),
    ("http://:sesame@a", "it does not begin with redis://"),
    ("redis://:sesame@", "it names no host"),
    ("redis://:@a", "the user before its @ is missing, or the password is empty"),
    ("redis://:sesame@a:0", "its port is no number from 1 to 65535"),
  ])
  func `a Redis URL that is wrong is refused for its own reason, without its password`(
    url: String, reason: String
  ) throws {
    try expect(
      64,
      "--cluster-redis: '…' is not redis://[[USER][:PASSWORD]@]HOST:PORT[/CHANNEL]; \(reason)",
      of: ["--cluster-redis", url])
  }

  @Test func `an option that is wrong is wrong usage, and a failure of the system is not`() throws {
    let folder = try TemporaryFolder()
    for (status, reason, arguments) in [
      (Int32(64), "unknown option '--bogus'", ["--bogus"]),
      (64, "--workers: 'many' is not ", ["--workers", "many"]),
      (64, "'football' is no command", ["football"]),
      (
        1, "--cluster-secret: \(folder.path)/none: No such file",
        ["--cluster-peers", "a:1", "--cluster-secret", "\(folder.path)/none"]
      ),
      (
        1, "--capture: \(folder.path)/none/log: No such file",
        ["--capture", "\(folder.path)/none/log"]
      ),
      (
        1, "--stats-host: 'nothing.invalid' is no address of this machine",
        ["--stats-port", "1", "--stats-host", "nothing.invalid"]
      ),
    ] {
      try expect(status, reason, of: arguments)
    }
  }

  @Test(
    .enabled(
      if: geteuid() != 0 || ChildProgram.path(of: "setpriv") != nil,
      "needs setpriv (util-linux), since root may read every file"))
  func `a file that the user of the daemon may not read is named with the reason`() throws {
    let folder = try TemporaryFolder()
    let secret = try folder.write("open sesame", to: "secret")
    #expect(chmod(secret, 0) == 0)
    let confined = "setpriv --bounding-set=-dac_override,-dac_read_search"
    let run = try ProgramRun(
      shell: "exec \(geteuid() == 0 ? confined : "") \"$0\" --port 0 --cluster-peers a:1"
        + " --cluster-secret \(secret)")
    #expect(run.errors == "audience-meter: --cluster-secret: \(secret): Permission denied\n")
    #expect(run.status == 1)
  }

  @Test(
    .enabled(
      if: geteuid() == 0 && ChildProgram.path(of: "setpriv") != nil
        && ChildProgram.path(of: "prlimit") != nil,
      "needs root, setpriv and prlimit, to limit the threads of another user"))
  func `a daemon that gets no thread from the system says which limit it is`() throws {
    let limited =
      "setpriv --ruid 64999 --bounding-set=-sys_resource,-sys_admin prlimit --nproc=2"
    let run = try ProgramRun(
      shell: "exec \(limited) \"$0\" \(ProgramRun.freePorts.joined(separator: " "))")
    #expect(run.errors.contains("cannot start: "), "\(run.errors)")
    #expect(run.errors.contains("the limit of threads"), "\(run.errors)")
    #expect(run.status == 1 && run.errorLines == 1)
  }

  @Test func `a daemon that is started again and again on taken ports says why each time`() throws {
    try RunningDaemon.serving { daemon in
      for _ in 0..<3 {
        try expect(
          1, "--port: cannot listen on [::]:\(daemon.audience): the port is in use",
          of: ["--port", "\(daemon.audience)"])
      }
      #expect(try EventStream("/ns", of: daemon).greeting.count == 1)
    }
  }
}
