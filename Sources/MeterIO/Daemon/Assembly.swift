// The daemon's threads: one for the node, a reactor for each worker, and one more reactor for all
// other ports, so that their clients do not slow down viewers.

import Glibc
import MeterModel

/// What the daemon's threads are made from.
struct Assembly {
  let console: Console
  let clock: Clock
  let inbox: Mailbox<NodeMail>
  let plan: DescriptorPlan
  let ports: OpenPorts
  let viewerIDs: ViewerIDMode
  let localNames: LocalNames
  let capture: Capture?
  let cluster: ClusterStart?

  /// Starts all threads. What can fail is made before the first of them starts.
  func start(
    _ configuration: Configuration, workers: Int
  ) throws(SystemError) -> [JoinableThread] {
    var random = SystemRandomNumberGenerator()
    let signer = StreamSigner(run: random.next(), key: HashKey(random.next(), random.next()))
    let context = ReactorContext(
      clock: clock, console: console, node: inbox,
      ports: PortSettings(
        viewerIDs: viewerIDs, audiencePort: ports.audiencePort, localNames: localNames),
      signer: signer, streamReactors: UInt32(workers))
    let sharedBudgets = plan.makeBudgets()
    let startLine = StartLine()
    var leftBehind: [Int32] = []
    var outboxes: [Mailbox<DirectiveBatch>] = []
    var bodies: [(name: String, run: @Sendable () -> Void)] = []
    for index in 0...workers {
      let isWorker = index < workers
      let outbox = try Mailbox<DirectiveBatch>()
      outboxes.append(outbox)
      let made = try Reactor(
        index: index, context: context,
        listeners: isWorker ? ports.audience[index] : ports.services,
        budgets: plan.tables == .shared ? sharedBudgets : plan.makeBudgets(),
        maximumStreams: plan.tables == .shared ? .max : plan.streams, mailbox: outbox)
      leftBehind += made.listenersAndPoller
      let reactor = Handover(made)
      bodies.append(
        (
          isWorker ? "reactor \(index)" : "services",
          { [tables = plan.tables] in
            var reactor = reactor.take()
            let failure: SystemError?
            switch tables {
            case .shared: failure = nil
            case .perReactor: failure = DescriptorTables.takeOwn(keeping: reactor.descriptors)
            }
            startLine.arrive(failure)
            if failure == nil { reactor.run() }
          }
        ))
    }
    let cluster = try cluster?.begin(configuration, clock: clock, console: console)
    if let cluster { bodies.append(("cluster", cluster.run)) }
    var settings = NodeSettings(
      hashKey: HashKey(random.next(), random.next()), signer: signer)
    settings.configuration = configuration
    settings.reactors = outboxes.count
    settings.streamReactors = workers
    settings.wallStart = clock.wallStart
    let node = Handover(
      try NodeThread(
        Node(settings, membership: cluster?.membership), clock: clock, console: console,
        mailbox: inbox, reactors: outboxes, capture: capture,
        carriers: cluster.map {
          CarrierLink(
            arrivals: $0.context.arrivals, carriers: $0.context.mailbox, board: $0.context.board)
        }))
    bodies.append(
      (
        "node",
        {
          var node = node.take()
          node.run()
        }
      ))
    if let capture { bodies.append(("capture", capture.writing)) }
    let threads = try bodies.map { body throws(SystemError) in
      try JoinableThread(name: body.name, body.run)
    }
    try startLine.awaitArrivals(workers + 1)
    // A port closes when its reactor closes the listener, so no other table may have it open.
    if plan.tables == .perReactor { for descriptor in leftBehind { close(descriptor) } }
    return threads
  }
}
