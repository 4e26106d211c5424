import Foundation
import Glibc
import Synchronization

/// One headless Chromium, its private folder, and the socket on which it speaks.
///
/// Everything that Chromium writes lies in the folder (profile, home, temporary files), so that
/// removing it leaves no trace. It runs in a process group of its own, so that whatever it started
/// ends with it. Should the tests die, it reads the end of its socket and quits by itself.
final class BrowserProcess: Sendable {
  /// The tests' end of the socket, a connected stream; closed by whoever reads it last.
  let socket: Int32
  /// Its process, which leads a process group.
  let pid: pid_t
  /// Where all that it writes lies.
  let folder: String
  private let exited = DispatchSemaphore(value: 0)
  private let ended = Mutex(false)

  /// The first `chromium` in `PATH`.
  static let executable: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":").map { "\($0)/chromium" }
    .first { access($0, X_OK) == 0 }

  /// Starts Chromium with `flags` beside those that every test needs.
  init(flags: [String]) throws(BrowserError) {
    guard let executable = Self.executable else { throw .notStarted("no chromium in PATH") }
    folder = try Self.makeFolder()
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    else { throw .notStarted("socketpair: \(String(cString: strerror(errno)))") }
    // Away from 3 and 4, where Chromium expects its end: no duplication overwrites the other.
    let childEnd = fcntl(ends[1], F_DUPFD_CLOEXEC, 10)
    close(ends[1])
    socket = ends[0]

    let arguments =
      [
        executable, "--headless=new", "--remote-debugging-pipe", "--user-data-dir=\(folder)",
        "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking", "--disable-breakpad",
        // Pages in the background are pages of other viewers here: they keep their pace.
        "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
      ] + flags
    var environment = ProcessInfo.processInfo.environment
    for name in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
      environment[name] = folder
    }
    let spawned = Self.spawn(
      executable, arguments, environment.map { "\($0)=\($1)" }, protocolEnd: childEnd)
    close(childEnd)
    pid = spawned.pid
    guard spawned.error == 0 else {
      close(socket)
      try? FileManager.default.removeItem(atPath: folder)
      throw .notStarted("posix_spawn: \(String(cString: strerror(spawned.error)))")
    }

    // Waits without reaping: until `end` reaps it, the process id and its group stay ours.
    let (pid, exited) = (pid, exited)
    Thread.detachNewThread {
      var information = siginfo_t()
      while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      exited.signal()
    }
  }

  /// Ends Chromium, all that it started, and its folder. Gives it five seconds to go by itself,
  /// for which it must have been asked before. Doing it again does nothing.
  func end() {
    let again = ended.withLock { ended in
      defer { ended = true }
      return ended
    }
    if again { return }
    _ = exited.wait(timeout: .now() + 5)
    kill(-pid, SIGKILL)
    while waitpid(pid, nil, 0) == -1, errno == EINTR {}
    shutdown(socket, Int32(SHUT_RDWR))
    // What was just killed may still be finishing a write, so that the folder is not empty.
    for _ in 0..<10 where FileManager.default.fileExists(atPath: folder) {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  deinit {
    end()
  }

  private static func makeFolder() throws(BrowserError) -> String {
    var template = Array("\(NSTemporaryDirectory())/audience-browser-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { throw .notStarted("mkdtemp: \(String(cString: strerror(errno)))") }
    return made
  }

  /// Spawns with `protocolEnd` as descriptors 3 and 4, nothing on 0 to 2, and none of the tests'
  /// own descriptors. Threads of Swift Testing block signals, and a child inherits the mask: so
  /// the mask is emptied, and each signal has its default action.
  private static func spawn(
    _ executable: String, _ arguments: [String], _ environment: [String], protocolEnd: Int32
  ) -> (pid: pid_t, error: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, protocolEnd, 3)
    posix_spawn_file_actions_adddup2(&actions, protocolEnd, 4)
    let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    for descriptor in (open ?? []).compactMap({ Int32($0) }) where descriptor > 4 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var pid: pid_t = 0
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup($0) } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    let error = posix_spawn(&pid, executable, &actions, &attributes, &argv, &envp)
    return (pid, error)
  }
}
