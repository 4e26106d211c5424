import CLinux
import Foundation

/// The start of a program: the only place in which a test calls `posix_spawn`.
struct Launch: Sendable {
  /// The path of the program and its arguments.
  let command: [String]

  /// The variables that it gets beside those of the tests' own process.
  var environment: [String: String] = [:]

  /// The variables of the tests' own process that it does not get.
  var removedVariables: Set<String> = []

  /// Its descriptors from 0 on; nil stands for `/dev/null`. Descriptors of the tests above these
  /// are closed in it. A descriptor of 3 or more may be given for one place, or for several next to
  /// each other.
  var descriptors: [Int32?] = []

  /// Whether it leads a process group of its own and has no signal blocked. Otherwise it is in the
  /// tests' group and has their mask of signals, as Swift Testing sets it. It handles every signal
  /// in the default way, whatever the tests' own process ignores.
  var isDetached = true

  /// Starts the program; the answer is its process id.
  func start() throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let places = descriptors + Array(repeating: nil, count: max(0, 3 - descriptors.count))
    for (place, descriptor) in places.enumerated() {
      if let descriptor {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(place))
      } else {
        posix_spawn_file_actions_addopen(&actions, Int32(place), "/dev/null", O_RDWR, 0)
      }
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, Int32(places.count))
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    set(&attributes)
    let variables = ProcessInfo.processInfo.environment
      .filter { !removedVariables.contains($0.key) }.merging(environment) { $1 }
    var process: pid_t = 0
    let code = withCStrings(command) { arguments in
      withCStrings(variables.map { "\($0)=\($1)" }) { variables in
        posix_spawn(&process, command[0], &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else {
      throw HarnessError("posix_spawn of \(command[0]): \(String(cString: strerror(code)))")
    }
    return process
  }

  private func set(_ attributes: inout posix_spawnattr_t) {
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    var flags = POSIX_SPAWN_SETSIGDEF
    if isDetached {
      var none = sigset_t()
      sigemptyset(&none)
      posix_spawnattr_setsigmask(&attributes, &none)
      posix_spawnattr_setpgroup(&attributes, 0)
      flags |= POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }
}

/// A pair of connected stream sockets: one for the tests, one for a program that they start.
struct SocketPair {
  let ours: Int32
  let theirs: Int32

  init() throws {
    var pair: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
      throw HarnessError("socketpair: errno \(errno)")
    }
    (ours, theirs) = (pair[0], pair[1])
  }
}

/// Calls `body` with a list of C strings that ends with a null pointer.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}
