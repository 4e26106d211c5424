// How the daemon's threads are put together: one sequencer, a reactor for each worker, and one more reactor
// for the statistics, message and demo ports, so that a slow reader there is no viewer's concern.

import Glibc
import MeterModel

/// What the threads are made of.
struct Assembly {
  let console: Console
  let clock: Clock
  let inbox: Sequencer.Inbox
  let plan: DescriptorPlan
  let ports: OpenPorts
  let viewersEnabled: Bool

  /// Starts all threads.
  func start(
    _ configuration: Configuration, workers: Int
  ) throws(SystemError) -> [JoinableThread] {
    var random = SystemRandomNumberGenerator()
    let context = ReactorContext(
      clock: clock, console: console, sequencer: inbox, viewersEnabled: viewersEnabled,
      audiencePort: ports.audiencePort, run: random.next())
    let audienceBudget = DescriptorBudget(limit: plan.audience)
    let serviceBudget = DescriptorBudget(limit: plan.services)
    var outboxes: [Mailbox<Commands>] = []
    var threads: [JoinableThread] = []
    for index in 0...workers {
      let isWorker = index < workers
      let outbox = try Mailbox<Commands>()
      outboxes.append(outbox)
      let listeners = isWorker ? ports.audience[index] : ports.services
      let budget = isWorker ? audienceBudget : serviceBudget
      threads.append(
        try JoinableThread(name: isWorker ? "reactor \(index)" : "services") {
          run(named: "reactor \(index)", console) { () throws(SystemError) in
            var reactor = try Reactor(
              index: index, context: context, listeners: listeners, budget: budget,
              mailbox: outbox)
            reactor.run()
          }
        })
    }
    let (key, reactors) = (HashKey(random.next(), random.next()), outboxes)
    threads.append(
      try JoinableThread(name: "sequencer") { [clock, console, inbox] in
        run(named: "sequencer", console) { () throws(SystemError) in
          var sequencer = try Sequencer(
            configuration: configuration, clock: clock, console: console, mailbox: inbox,
            reactors: reactors, audienceReactors: workers, hashKey: key)
          sequencer.run()
        }
      })
    return threads
  }
}

/// Runs a thread's body; one that cannot begin ends the process.
private func run(named name: String, _ console: Console, _ body: () throws(SystemError) -> Void) {
  do throws(SystemError) {
    try body()
  } catch {
    console.say("cannot start: \(name): \(error.description)")
    exit(1)
  }
}
