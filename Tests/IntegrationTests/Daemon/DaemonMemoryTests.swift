// What a reactor's tables cost, and that a daemon that a crowd has left is as small as before.

import Foundation
import Testing

struct DaemonMemoryTests {
  @Test func `what a crowd took is given back when it has left`() throws {
    try RunningDaemon.serving("--workers", "1", "--namespace-clean-delay", "0.1") { daemon in
      try comeAndLeave(1000, daemon)
      let before = try daemon.privateMemory()
      for crowd in stride(from: 6000, through: 9000, by: 500) {
        try comeAndLeave(crowd, daemon)
        let deadline = Deadline()
        while try daemon.privateMemory() > before + 128, !deadline.hasPassed { usleep(10_000) }
        let after = try daemon.privateMemory()
        // The slots of their sockets alone are 168 KB and more, what the meter knew of them 192.
        #expect(after <= before + 128, "\(before) KB before, \(after) KB after")
      }
    }
  }

  private func comeAndLeave(_ connections: Int, _ daemon: RunningDaemon) throws {
    let run = try ProgramRun(arguments: [
      "bench", "--port", "\(daemon.audience)", "--connections", "\(connections)",
      "--namespaces", "50", "--settle", "0.1",
    ])
    try #require(run.status == 0, "\(run.complaint)\(run.output)")
    let deadline = Deadline()
    while try !daemon.statistics().isEmpty, !deadline.hasPassed { usleep(10_000) }
  }
}
