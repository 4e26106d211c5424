// A reactor: a thread with sockets of its own. It holds bytes, not policy; who is counted and who is told
// what is the sequencer's to say. Whatever it has to say to the sequencer, it says once a turn of its loop.

import MeterModel

/// What all reactors know.
struct ReactorContext: Sendable {
  let clock: Clock
  let console: Console
  let node: Mailbox<NodeMail>
  let viewersEnabled: Bool

  /// The number of the audience port, for the demo page.
  let audiencePort: UInt16

  /// Names this run of the daemon in the streams' ids.
  let run: UInt64

  let exhaustionNotice: RecurringNotice
  let fullnessNotice: RecurringNotice
  let evictionNotice: RecurringNotice

  init(
    clock: Clock, console: Console, node: Mailbox<NodeMail>, viewersEnabled: Bool,
    audiencePort: UInt16, run: UInt64
  ) {
    self.clock = clock
    self.console = console
    self.node = node
    self.viewersEnabled = viewersEnabled
    self.audiencePort = audiencePort
    self.run = run
    exhaustionNotice = RecurringNotice("no descriptor or memory for a connection", on: console)
    fullnessNotice = RecurringNotice(
      "streams refused: a reactor has as many as its descriptors allow", on: console)
    evictionNotice = RecurringNotice("silent connections closed to make room", on: console)
  }
}

/// The sockets of one thread, and all that happens on them.
struct Reactor: ~Copyable {
  let index: Int
  let context: ReactorContext
  let listeners: [Listener]
  let budgets: DescriptorBudgets

  /// How many streams fit into a table of descriptors of the reactor's own.
  let mostStreams: Int
  let mailbox: Mailbox<DirectiveBatch>
  var poller: Poller

  var table = ConnectionTable()

  /// How many connections are streams, or are about to be.
  var streamCount = 0
  var dialogues: SideTable<Dialogue>
  var backlogs: SideTable<Backlog>

  var audiences = AudienceTable()
  var tellings = SideTable { Telling() }

  /// The audiences that are being told something, by row, in turn.
  var beingTold = Ring<UInt32>()

  /// Who waits for what, by patience.
  var waiting = ContiguousArray(repeating: DeadlineQueue(), count: Dialogue.Patience.allCases.count)
  var behind = DeadlineQueue()

  /// Where bytes are received.
  var scratch = ContiguousArray<UInt8>.untouched(count: 65_536)

  /// Where a frame is made that goes out at once.
  var frame = Reactor.emptyFrame

  var outgoing: InputBatch

  /// Empty, for the batches that come next.
  var spareBatches = ContiguousArray<DirectiveBatch>.withRoom

  /// How many messages were begun to be told that the sequencer does not know of.
  var messagesUnsaid: UInt32 = 0

  /// How many of the reports say no more than that a stream has left, and until when they may wait for more.
  var leavesUnsaid = 0
  private var leavesDue: Instant?
  var now = Instant.start
  var wallSeconds: UInt64 = 0
  var encoder: ResponseEncoder

  /// Until when nobody is accepted, after descriptors ran out.
  var acceptsAgainAt: Instant?

  /// One more connection was taken than the limit allows, and none has gone since.
  var isOverLimit = false
  var isStopped = false

  /// With so many the sequencer has enough to do.
  private static let mostLeavesUnsaid = 512

  /// Room for most frames, so that none has to grow.
  private static var emptyFrame: ContiguousArray<UInt8> {
    var frame: ContiguousArray<UInt8> = []
    frame.reserveCapacity(512)
    return frame
  }

  /// Keys of events that are no connection's: those have a generation of 1 and up.
  static let mailboxKey: UInt64 = 0
  static let firstListenerKey: UInt64 = 1

  init(
    index: Int, context: ReactorContext, listeners: [Listener], budgets: DescriptorBudgets,
    mostStreams: Int, mailbox: Mailbox<DirectiveBatch>
  ) throws(SystemError) {
    let sources = listeners.enumerated().map { position, listener in
      (listener.descriptor, Self.firstListenerKey + UInt64(position))
    }
    poller = try Poller(mailbox: (mailbox.descriptor, Self.mailboxKey), watching: sources)
    self.index = index
    self.context = context
    self.listeners = listeners
    self.budgets = budgets
    self.mostStreams = mostStreams
    self.mailbox = mailbox
    outgoing = InputBatch(reactor: index)
    encoder = ResponseEncoder(date: HTTPDate(unixSeconds: 0), run: context.run)
    dialogues = SideTable { Dialogue(slot: .max, limits: .standard) }
    backlogs = SideTable { Backlog(slot: .max, waitsSince: .start) }
  }

  /// What nobody else needs to hold.
  var listenersAndPoller: [Int32] { listeners.map(\.descriptor) + [poller.descriptor] }

  /// All that it needs.
  var descriptors: [Int32] {
    listenersAndPoller + [mailbox.descriptor, context.node.descriptor]
  }

  /// Serves until it is told to stop.
  mutating func run() {
    while !isStopped {
      let count = poller.wait(milliseconds: millisecondsToWait())
      readClocks()
      for index in 0..<count {
        let event = poller.event(at: index)
        handle(event.key, event.seen)
      }
      endOverdue()
      // The sequencer need not wait for the telling, nor do those whom it lets in.
      report()
      tellAudiences()
      if table.giveUpFreeSlots() { Allocator.giveBackFreePages() }
      report()
    }
    stop()
  }

  private mutating func handle(_ key: UInt64, _ seen: Readiness) {
    let generation = UInt32(key >> 32)
    if generation > 0 {
      let connection = ConnectionHandle(
        slot: UInt32(truncatingIfNeeded: key), generation: generation)
      if table.isCurrent(connection) { ready(connection.slot, seen) }
    } else if key == Self.mailboxKey {
      performDirectives()
    } else {
      accept(from: listeners[Int(key - Self.firstListenerKey)])
    }
  }

  /// Something can be done on a connection.
  private mutating func ready(_ slot: UInt32, _ seen: Readiness) {
    let handle = table.handle(slot)
    if seen.contains(.bothEnded), table[slot].state == .streaming {
      // What the client has still said is of no interest.
      drop(slot)
      return
    }
    if seen.contains(.writable) {
      writable(slot)
      guard table.isCurrent(handle) else { return }
    }
    if seen.contains(.readable) {
      readable(slot)
      guard table.isCurrent(handle) else { return }
    }
    if !seen.isDisjoint(with: .broken) { drop(slot) }
  }

  /// Empties `frame` for another one; what a large one took is given back.
  mutating func clearFrame() {
    if frame.capacity > 4096 { frame = Self.emptyFrame }
    frame.removeAll(keepingCapacity: true)
  }

  private mutating func readClocks() {
    now = context.clock.now
    let seconds = Clock.wallSeconds
    if seconds != wallSeconds {
      wallSeconds = seconds
      encoder.setDate(HTTPDate(unixSeconds: seconds))
    }
  }

  private func millisecondsToWait() -> Int32 {
    let milliseconds = millisecondsToDeadline()
    guard leavesUnsaid > 0 else { return milliseconds }
    return milliseconds < 0 ? 1 : min(milliseconds, 1)
  }

  /// Says what there is to say to the sequencer. That streams have left can wait for a millisecond, as
  /// nobody awaits an answer: each word wakes a thread, and a crowd that leaves would wake it each time.
  private mutating func report() {
    if messagesUnsaid >= MessageLimits.acknowledgedAtOnce { sayMessages() }
    guard !outgoing.inputs.isEmpty else { return }
    if outgoing.inputs.count == leavesUnsaid, leavesUnsaid < Self.mostLeavesUnsaid {
      let due = leavesDue ?? now + .milliseconds(1)
      leavesDue = due
      guard now >= due else { return }
    }
    leavesDue = nil
    leavesUnsaid = 0
    if messagesUnsaid > 0 { sayMessages() }
    let reports = outgoing
    outgoing = InputBatch(reactor: index)
    context.node.post(.inputs(reports))
  }

  private mutating func sayMessages() {
    outgoing.inputs.appendToBatch(.acknowledged(messages: messagesUnsaid))
    messagesUnsaid = 0
  }

  /// Tells the messages that were answered, and closes everything.
  private mutating func stop() {
    for listener in listeners { close(listener) }
    tellLast()
    for slot in (0..<UInt32(table.sockets.count)) {
      if table[slot].state == .streaming { catchUp(slot) }
      guard table[slot].state != .free else { continue }
      discardInput(slot)
      table.remove(slot)
    }
  }
}
