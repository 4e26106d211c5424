// The thread that owns the node. It reads the clock, gives the inputs to the node, and passes the
// outputs on to the reactors, to the carriers, and to the capture. It makes no decisions. The order
// in which it takes its mail is the history.

import MeterModel

/// The node of the daemon with its clock, mailboxes and capture.
struct NodeThread: ~Copyable {
  private var node: Node
  private let clock: Clock
  private let console: Console
  private let mailbox: Mailbox<NodeMail>
  private let reactors: [Mailbox<DirectiveBatch>]
  private var poller: Poller
  private var capture: Capture?
  private var trace: NodeTrace?
  private var carriers: CarrierLink?

  /// The figures that were reported to the operator.
  private var reported = NodeFigures()
  private let connectionsNotice: RecurringNotice
  private let namespacesNotice: RecurringNotice
  private let rejectionNotice: RecurringNotice

  /// Whether no namespace was known at the end of the last turn.
  private var wasEmpty = true

  init(
    _ node: consuming Node, clock: Clock, console: Console, mailbox: Mailbox<NodeMail>,
    reactors: [Mailbox<DirectiveBatch>], capture: Capture?, carriers: CarrierLink?
  ) throws(SystemError) {
    let arrivals = carriers.map { [($0.arrivals.descriptor, UInt64(1))] } ?? []
    poller = try Poller(mailbox: (mailbox.descriptor, 0), watching: arrivals)
    trace = console.isVerbose ? NodeTrace(console) : nil
    connectionsNotice = RecurringNotice(
      "streams refused: --max-connections is reached", on: console)
    namespacesNotice = RecurringNotice(
      "streams refused: --max-namespaces is reached", on: console)
    rejectionNotice = RecurringNotice("events that made no sense", on: console)
    self.node = node
    if capture != nil || console.isVerbose {
      self.node.log = MeterLog(includesEffects: console.isVerbose)
    }
    self.capture = capture
    self.carriers = carriers
    self.clock = clock
    self.console = console
    self.mailbox = mailbox
    self.reactors = reactors
  }

  /// Serves until it is stopped.
  mutating func run() {
    var mail = ContiguousArray<NodeMail>.withRoom
    while true {
      _ = poller.wait(milliseconds: millisecondsToDeadline())
      mailbox.takeAllAtEdge(into: &mail)
      let now = clock.now
      node.advanceMeter(to: now)
      if !mail.isEmpty, let board = carriers?.board { node.carriers = board.all }
      for item in mail {
        switch item {
        case .inputs(let batch):
          node.apply(batch, at: now)
          record()
        case .wake: break
        case .stop:
          stop(at: now)
          return
        }
      }
      receiveDatagrams(at: now)
      if carriers != nil { node.setWall(Clock.wallMilliseconds, at: now) }
      node.advance(to: now)
      record()
      postOutputs()
      mail.empty()
      report(at: now)
      giveBackMemory()
    }
  }

  private func millisecondsToDeadline() -> Int32 {
    if carriers?.isBehind ?? false { return 0 }
    var deadline = min(node.nextDeadline, capture?.deadline ?? .never)
    if let carriers, let drops = node.membership?.drops {
      deadline = min(deadline, carriers.dropNotice.deadline(drops))
    }
    return Poller.milliseconds(until: deadline, by: clock)
  }

  private mutating func receiveDatagrams(at now: Instant) {
    guard carriers != nil else { return }
    carriers?.receive(into: &node, at: now)
    if let drops = node.membership?.drops { carriers?.dropNotice.note(drops, at: now, on: console) }
  }

  private mutating func stop(at now: Instant) {
    node.stop(at: now)
    record()
    postOutputs()
    carriers?.carriers.post(.stop)
    capture?.end(node)
    report(at: now)
    if let drops = node.membership?.drops { carriers?.dropNotice.logRest(drops, on: console) }
  }

  private mutating func postOutputs() {
    for (index, reactor) in reactors.enumerated() {
      if let batch = node.outputs.take(for: index) { reactor.post(batch) }
    }
    if let batch = node.outputs.takeDatagrams() { carriers?.carriers.post(.send(batch)) }
  }

  /// Passes the inputs of the meter to the capture and to the operator's trace.
  private mutating func record() {
    guard node.log != nil else { return }
    var log: MeterLog?
    swap(&log, &node.log)
    if let log {
      trace?.write(log)
      capture?.append(log)
    }
    log?.removeAll()
    swap(&log, &node.log)
    if capture?.isDue(at: node.meter.now) ?? false { capture?.finishBlock(node) }
  }

  /// Reports refused streams and rejected events to the operator.
  private mutating func report(at now: Instant) {
    let figures = node.figures
    guard figures != reported else { return }
    connectionsNotice.note(figures.refusedByConnections - reported.refusedByConnections, at: now)
    namespacesNotice.note(figures.refusedByNamespaces - reported.refusedByNamespaces, at: now)
    rejectionNotice.note(figures.rejectedEvents - reported.rejectedEvents, at: now)
    reported = figures
  }

  /// Returns the memory of a crowd to the system once its namespaces are retired.
  private mutating func giveBackMemory() {
    let isEmpty = node.namespaces.count == 0
    if isEmpty, !wasEmpty { Allocator.returnFreePages() }
    wasEmpty = isEmpty
  }
}
