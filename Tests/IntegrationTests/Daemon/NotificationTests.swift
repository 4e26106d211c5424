import Glibc
import Testing

/// When the streams of a namespace are told its count (SPEC §2.4), seen from outside.
@Suite struct `A notification` {
  @Test func `tells everyone a change when the min delay has passed`() throws {
    try RunningDaemon.serving("--notify-min-delay", "300ms", "--notify-max-delay", "60") { daemon in
      let started = ContinuousClock.now
      let first = try EventStream("/ns", of: daemon)
      let second = try EventStream("/ns", of: daemon)
      #expect(try first.next().lines == ["data: 2"])
      let waited = started.duration(to: .now)
      #expect(waited > .milliseconds(290) && waited < .seconds(Deadline.soon))
      #expect(try second.next().lines == ["data: 2"])
    }
  }

  @Test func `repeats an unchanged count at the max delay`() throws {
    try RunningDaemon.serving("--notify-max-delay", "150ms") { daemon in
      let stream = try EventStream("/ns", of: daemon)
      let started = ContinuousClock.now
      for _ in 0..<4 { #expect(try stream.next().lines == ["data: 1"]) }
      let waited = started.duration(to: .now)
      #expect(waited > .milliseconds(550) && waited < .seconds(Deadline.soon))
      #expect(try daemon.statistics()["ns"]?.modified != 0)
    }
  }

  @Test func `tells a change only from the ratio on`() throws {
    let options = ["--notify-min-delay", "0", "--notify-max-delay", "60"]
    let daemon = try RunningDaemon.start(options + ["--notify-delta-ratio", "0.5"])
    let first = try EventStream("/ns", of: daemon)
    var others: [EventStream] = []
    for _ in 0..<8 { others.append(try EventStream("/ns", of: daemon)) }
    // Told 1, 2, 3 (from 2: ⌊1⌋), 4 (from 3: ⌊1.5⌋), 6 (from 4: 2), 9 (from 6: 3).
    let told = try first.read(untilTold: 9).compactMap(\.count)
    #expect(told == [2, 3, 4, 6, 9])
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `corrects who was greeted with a count that is gone`() throws {
    try RunningDaemon.serving(
      "--notify-min-delay", "500ms", "--notify-max-delay", "60", "--notify-delta-ratio", "0.5"
    ) { daemon in
      let first = try EventStream("/ns", of: daemon)
      let crowd = try (0..<5).map { _ in try EventStream("/ns", of: daemon) }
      let late = try EventStream("/ns", of: daemon)
      #expect(late.greeting.count == 7)
      for stream in crowd { stream.client.close() }
      try late.read(untilTold: 2)
      try first.read(untilTold: 2)
    }
  }

  @Test func `reaches each namespace's own streams alone`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let a = try EventStream("/a", of: daemon)
      let b = try EventStream("/b", of: daemon)
      let others = try (0..<3).map { _ in try EventStream("/a", of: daemon) }
      #expect(try a.read(untilTold: 4).compactMap(\.count) == [2, 3, 4])
      #expect(b.client.takeWhatCame() == "")
      #expect(others.count == 3)
    }
  }

  @Test func `tells a thousand streams on several reactors the same`() throws {
    try RunningDaemon.serving(
      "--workers", "3", "--notify-min-delay", "500ms", "--notify-max-delay", "60",
      "--notify-delta-ratio", "0"
    ) { daemon in
      let streams = try (0..<1000).map { _ in try EventStream("/ns", of: daemon) }
      for stream in streams { try stream.read(untilTold: 1000) }
    }
  }

  @Test func `is throttled, and never put off by churn`() throws {
    try RunningDaemon.serving(
      "--notify-min-delay", "100ms", "--notify-max-delay", "60", "--notify-delta-ratio", "0"
    ) { daemon in
      let witness = try EventStream("/ns", of: daemon)
      var crowd: [EventStream] = []
      var told: [Int] = []
      let time = try measuring {
        let second = Deadline(within: 1)
        while !second.hasPassed { crowd.append(try EventStream("/ns", of: daemon)) }
        told = try witness.read(untilTold: crowd.count + 1).compactMap(\.count)
      }
      // One at each end of the time, and at most ten a second between.
      #expect(told.count > 2 && told.count <= Int(time * 10) + 2, "\(told.count) in \(time) s")
      #expect(told == told.sorted())
    }
  }
}
