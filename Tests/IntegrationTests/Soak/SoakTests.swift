import Foundation
import Testing

/// A crowd that churns for a while, and what must hold when it has come to rest.
@Suite struct `A soak` {
  /// The results of a soak.
  struct Findings: Sendable {
    var opened = 0
    var unexpectedEnds = 0
    var statistics: [String: UInt64] = [:]
    var truth: [String: UInt64] = [:]
    var misinformed = 0
    var endsAwaited = false
    var socketsLeft = 0

    /// The growth of the daemon's memory in the second half, in MB.
    var growth = 0
    var membersLeft: UInt64 = 0
    var status: Int32 = -1
  }

  @Test
  func `after a soak the statistics are exactly the open streams, and every stream has its count`()
    async throws
  {
    let plan = SoakPlan()
    let findings = try await onNewThread { try Self.run(plan) }
    let line = Comment(rawValue: plan.line)
    #expect(findings.opened > plan.connections, line)
    #expect(findings.unexpectedEnds == 0, line)
    #expect(!findings.endsAwaited, line)
    #expect(findings.statistics == findings.truth, line)
    #expect(findings.misinformed == 0, line)
    #expect(findings.membersLeft == 0, line)
    #expect(findings.socketsLeft <= 0, line)
    #expect(findings.growth <= 8, line)
    #expect(findings.status == 0, line)
  }

  private static func run(_ plan: SoakPlan) throws -> Findings {
    let daemon = try RunningDaemon.start([
      "--workers", "2", "--notify-min-delay", "200ms", "--notify-max-delay", "1",
      "--namespace-clean-delay", "1",
    ])
    var findings = Findings()
    let idle = try daemon.idleSockets()
    let crowd = Crowd(seed: plan.seed, namespaces: plan.namespaces, port: daemon.audience)
    let stopped = try stoppedProcesses(plan.stopped, of: daemon)
    for half in 0..<2 {
      let end = Deadline(within: plan.seconds / 2)
      while !end.hasPassed {
        try crowd.churn(around: plan.connections)
        crowd.read(waiting: 0)
      }
      findings.growth = try daemon.residentMegabytes - (half == 0 ? 0 : findings.growth)
    }
    // At rest every stream has the count of its namespace after the max delay.
    let rest = Deadline(within: Deadline.timeout + Double(plan.connections) / 1000)
    repeat {
      crowd.read(waiting: 100)
      findings.truth = crowd.openByNamespace
      findings.truth["stopped"] = plan.stopped == 0 ? nil : UInt64(plan.stopped)
      findings.statistics = try daemon.figures().mapValues(\.members).filter { $0.value > 0 }
      findings.misinformed = crowd.misinformed(findings.statistics)
      findings.endsAwaited = crowd.isAwaitingEnds
    } while !rest.hasPassed
      && (findings.misinformed > 0 || findings.endsAwaited
        || findings.statistics != findings.truth)
    findings.opened = crowd.opened
    findings.unexpectedEnds = crowd.unexpectedEnds
    crowd.closeAll()
    for process in stopped { process.signal(SIGKILL) }
    let gone = Deadline()
    repeat {
      findings.membersLeft = try daemon.figures().values.reduce(0) { $0 + $1.members }
      findings.socketsLeft = try daemon.sockets - idle
    } while !gone.hasPassed && (findings.membersLeft > 0 || findings.socketsLeft > 0)
    findings.status = try daemon.stop(by: SIGTERM)
    return findings
  }

  /// Processes that hold that many streams together, stopped once all streams are counted.
  private static func stoppedProcesses(
    _ streams: Int, of daemon: RunningDaemon
  ) throws -> [ClientProcess] {
    var left = streams
    var processes: [ClientProcess] = []
    while left > 0 {
      processes.append(try ClientProcess(streams: min(left, 100), to: "/stopped", of: daemon))
      left -= min(left, 100)
    }
    try daemon.awaitMembers("stopped", streams)
    for process in processes { process.signal(SIGSTOP) }
    return processes
  }
}
