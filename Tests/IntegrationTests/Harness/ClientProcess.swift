/// Streams that a process of their own holds, which a test can stop and kill.
final class ClientProcess {
  private let program: ChildProgram

  /// Bash opens the streams by itself, so that no other process holds their sockets. It then waits
  /// for a line on its standard output, which is a socket of the test's.
  init(streams: Int, to path: String, of daemon: RunningDaemon) throws {
    let script = #"""
      for ((n = 0; n < $1; n++)); do
        exec {socket}<>/dev/tcp/127.0.0.1/$2
        printf 'GET %s HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n' "$3" >&"$socket"
      done
      read -r line <&1
      """#
    program = try ChildProgram(
      "bash", ["-c", script, "bash", "\(streams)", "\(daemon.audience)", path])
  }

  func signal(_ signal: Int32) { program.signal(signal) }
}
