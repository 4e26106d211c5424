import Foundation
import Glibc
import Synchronization

/// A headless Chromium, its private folder, and the socket of its DevTools protocol.
///
/// All that Chromium writes lies in the folder (profile, home, temporary files), which is removed
/// with it. It leads a process group, so that all that it starts ends with it. If the tests die, it
/// reads the end of its socket and quits.
final class BrowserProcess: Sendable {
  /// The tests' end of the socket, a connected stream, which its reader closes.
  let socket: Int32

  /// The folder of all that it writes.
  let folder: String

  private let spawned: SpawnedProcess
  private let hasEnded = Mutex(false)

  /// The path of the installed Chromium; nil where it is not installed.
  static let executable = ChildProgram.path(of: "chromium")

  /// Starts Chromium with `flags` beside those that every test needs.
  init(flags: [String]) throws {
    guard let executable = Self.executable else { throw BrowserError.notStarted("not in PATH") }
    let folder = try Self.makeFolder()
    self.folder = folder
    let pair = try SocketPair()
    defer { close(pair.theirs) }
    socket = pair.ours
    var launch = Launch(
      command: [
        executable, "--headless=new", "--remote-debugging-pipe", "--user-data-dir=\(folder)",
        "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking", "--disable-breakpad",
        // Pages in the background are pages of other viewers here: their timers keep their pace.
        "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
      ] + flags)
    for name in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
      launch.environment[name] = folder
    }
    // Chromium reads commands on 3 and writes replies on 4.
    launch.descriptors = [nil, nil, nil, pair.theirs, pair.theirs]
    do {
      spawned = try SpawnedProcess(launch)
    } catch {
      close(pair.ours)
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
  }

  /// Kills the browser alone, as the kernel does when memory is short.
  func kill() { spawned.signal(SIGKILL) }

  /// Ends Chromium, all that it started, and its folder, after five seconds in which it may quit by
  /// itself: it must have been asked to. A second call does nothing.
  func end() {
    let isFirst = hasEnded.withLock { hasEnded in
      defer { hasEnded = true }
      return !hasEnded
    }
    guard isFirst else { return }
    _ = spawned.awaitExit(within: 5)
    spawned.end()
    shutdown(socket, Int32(SHUT_RDWR))
    // A process that was just killed may still write a file into the folder.
    for _ in 0..<10 where FileManager.default.fileExists(atPath: folder) {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  deinit { end() }

  private static func makeFolder() throws -> String {
    var template = Array("\(NSTemporaryDirectory())/audience-browser-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else {
      throw BrowserError.notStarted("mkdtemp: \(String(cString: strerror(errno)))")
    }
    return made
  }
}
