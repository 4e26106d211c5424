import Glibc
import Testing

/// Notifications (§2 rule 4), seen from outside.
@Suite struct `A notification` {
  @Test func `a change is sent to all streams when the min delay has passed`() throws {
    try RunningDaemon.serving("--notify-min-delay", "300ms", "--notify-max-delay", "60") { daemon in
      let started = ContinuousClock.now
      let first = try EventStream("/ns", of: daemon)
      let second = try EventStream("/ns", of: daemon)
      #expect(try first.next(within: Deadline.prompt).lines == ["data: 2"])
      let waited = started.duration(to: .now)
      #expect(waited > .milliseconds(290))
      #expect(try second.next().lines == ["data: 2"])
    }
  }

  @Test func `an unchanged count is repeated at the max delay`() throws {
    try RunningDaemon.serving("--notify-max-delay", "150ms") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let started = ContinuousClock.now
      for _ in 0..<4 { #expect(try stream.next().lines == ["data: 1"]) }
      let waited = started.duration(to: .now)
      #expect(waited > .milliseconds(550))
      #expect(try daemon.figures()["ns"]?.modified != 0)
    }
  }

  @Test func `a change below the delta ratio is not sent`() throws {
    let options = ["--notify-min-delay", "0", "--notify-max-delay", "60"]
    let daemon = try RunningDaemon.start(options + ["--notify-delta-ratio", "0.5"])
    let first = try EventStream("/ns", of: daemon)
    var others: [EventStream] = []
    for _ in 0..<8 { others.append(try EventStream("/ns", of: daemon)) }
    // Told 1, 2, 3 (from 2: ⌊1⌋), 4 (from 3: ⌊1.5⌋), 6 (from 4: 2), 9 (from 6: 3).
    let counts = try first.read(untilCount: 9).compactMap(\.count)
    #expect(counts == [2, 3, 4, 6, 9])
    withExtendedLifetime(others) {}
    try daemon.stop()
  }

  @Test func `a stream is corrected when the count of its greeting holds no longer`() throws {
    try RunningDaemon.serving(
      "--notify-min-delay", "0", "--notify-max-delay", "3600", "--notify-delta-ratio", "0.5"
    ) { daemon in
      let streams = try (0..<4).map { _ in try EventStream("/ns", of: daemon) }
      try streams[0].read(untilCount: 4)
      // From 4, less than 2 is no change: neither the 5 of a greeting nor the 3 that follows. But
      // the 3 differs from that greeting by 2.
      let late = try EventStream("/ns", of: daemon)
      #expect(late.greeting.count == 5)
      for stream in streams.suffix(2) { stream.client.close() }
      for stream in [streams[0], late] { #expect(try stream.next().lines == ["data: 3"]) }
    }
  }

  @Test func `a notification reaches only the streams of its namespace`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let a = try EventStream("/a", of: daemon)
      let b = try EventStream("/b", of: daemon)
      let others = try (0..<3).map { _ in try EventStream("/a", of: daemon) }
      #expect(try a.read(untilCount: 4).compactMap(\.count) == [2, 3, 4])
      // What the other namespace got by mistake came before its own change.
      let own = try EventStream("/b", of: daemon)
      #expect(try b.next().lines == ["data: 2"])
      withExtendedLifetime((others, own)) {}
    }
  }

  @Test func `a thousand streams on three reactors get the same count`() throws {
    try RunningDaemon.serving(
      "--workers", "3", "--notify-min-delay", "500ms", "--notify-max-delay", "60",
      "--notify-delta-ratio", "0"
    ) { daemon in
      let streams = try (0..<1000).map { _ in try EventStream("/ns", of: daemon) }
      for stream in streams { try stream.read(untilCount: 1000) }
    }
  }

  @Test func `churn neither hastens nor postpones notifications`() throws {
    try RunningDaemon.serving(
      "--notify-min-delay", "100ms", "--notify-max-delay", "3600", "--notify-delta-ratio", "0"
    ) { daemon in
      let witness = try EventStream("/ns", of: daemon)
      var crowd: [EventStream] = []
      var counts: [Int?] = []
      let time = try measuring {
        let deadline = Deadline()
        while counts.count < 5, !deadline.hasPassed {
          crowd.append(try EventStream("/ns", of: daemon))
          while witness.client.hasReceived(through: "\n\n") {
            counts.append(try witness.next().count)
          }
        }
      }
      #expect(counts.count >= 5)
      // One at each end of the time, and at most ten a second between them.
      #expect(counts.count <= Int(time * 10) + 2, "\(counts.count) in \(time) s")
      let numbers = counts.compactMap { $0 }
      #expect(numbers.count == counts.count && numbers == numbers.sorted())
      withExtendedLifetime(crowd) {}
    }
  }
}
