import Foundation

/// Streams that are held by a process of their own, which can be stopped and killed.
final class ClientProcess {
  private let process = Process()

  /// Bash opens the streams by itself, so that nobody but it holds their sockets.
  init(streams: Int, to path: String, of daemon: RunningDaemon) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c",
      #"""
      for ((n = 0; n < $1; n++)); do
        exec {socket}<>/dev/tcp/127.0.0.1/$2
        printf 'GET %s HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n' "$3" >&"$socket"
      done
      read -r line
      """#, "bash", "\(streams)", "\(daemon.audience)", path,
    ]
    process.standardInput = Pipe()
    try process.run()
  }

  deinit { signal(SIGKILL) }

  func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }
}
