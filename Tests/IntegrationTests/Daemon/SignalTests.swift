import Glibc
import Testing

/// Signals that were ignored when the daemon began (§3). `--debug` logs the signal that stops it.
@Suite struct `A signal that is ignored at the start` {
  /// Sends a daemon one signal after another, of which only the last may stop it.
  private func expectStop(_ shell: String, by signals: [Int32]) throws {
    let daemon = try RunningDaemon.start(["--debug"], shell: shell)
    for signal in signals.dropLast() { daemon.signal(signal) }
    #expect(try EventStream("/ns", of: daemon).greeting.count == 1)
    let last = try #require(signals.last)
    #expect(try daemon.stop(by: last) == 0)
    let stops = daemon.laterLines.split(separator: "\n").filter { $0.contains("stopping on") }
    #expect(stops == ["audience-meter: stopping on signal \(last)"], "\(daemon.laterLines)")
  }

  @Test(.enabled(if: ChildProgram.path(of: "nohup") != nil, "needs nohup"))
  func `a daemon that nohup has started goes on when its terminal closes`() throws {
    try expectStop("exec nohup \"$0\" \"$@\"", by: [SIGHUP, SIGTERM])
    try expectStop("exec nohup \"$0\" \"$@\"", by: [SIGHUP, SIGINT])
  }

  @Test func `each signal of a daemon stays ignored, and the others stop it`() throws {
    for (ignored, signals) in [
      ("INT", [SIGINT, SIGTERM]),
      ("INT", [SIGINT, SIGHUP]),
      ("HUP INT", [SIGHUP, SIGINT, SIGTERM]),
      ("TERM", [SIGTERM, SIGINT]),
      ("TERM HUP", [SIGHUP, SIGTERM, SIGINT]),
    ] {
      try expectStop("trap '' \(ignored); exec \"$0\" \"$@\"", by: signals)
    }
  }

  @Test func `a daemon for which a script ignored nothing is stopped by each signal`() throws {
    for signal in [SIGTERM, SIGINT, SIGHUP] {
      try expectStop("exec \"$0\" \"$@\"", by: [signal])
    }
  }
}
