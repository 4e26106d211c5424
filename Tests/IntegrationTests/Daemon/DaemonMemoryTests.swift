import Testing

/// The memory of a daemon after many clients have left.
@Suite struct `The memory of a daemon` {
  @Test func `the memory that a crowd took is given back when it has left`() throws {
    try RunningDaemon.serving("--workers", "1", "--namespace-clean-delay", "0.1") { daemon in
      try comeAndLeave(1000, daemon)
      let before = try daemon.privateMemory()
      for crowd in stride(from: 6000, through: 9000, by: 500) {
        try comeAndLeave(crowd, daemon)
        // The slots of their sockets alone take 168 KB and more, their viewers in the meter 192 KB.
        try eventually("no more than \(before) + 128 KB") {
          try daemon.privateMemory() <= before + 128
        }
      }
    }
  }

  private func comeAndLeave(_ connections: Int, _ daemon: RunningDaemon) throws {
    let run = try ProgramRun(arguments: [
      "bench", "--port", "\(daemon.audience)", "--connections", "\(connections)",
      "--namespaces", "50", "--settle", "0.1",
    ])
    try #require(run.status == 0, "\(run.errors)\(run.output)")
    try daemon.awaitNamespaces([])
  }
}
