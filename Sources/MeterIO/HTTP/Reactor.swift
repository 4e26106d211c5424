// A reactor: a thread with sockets of its own. It transfers bytes and has no policy: the node
// decides which connections are counted and which data is sent. A reactor reports to the node at
// most twice in a turn of its loop: before the broadcasts of the turn and after them.

import MeterModel

/// The objects that all reactors share.
struct ReactorContext: Sendable {
  let clock: Clock
  let console: Console
  let node: Mailbox<NodeMail>
  let ports: PortSettings

  /// Makes the ids of streams.
  let signer: StreamSigner

  /// The number of reactors that have streams, for the numbers of connections.
  let streamReactors: UInt32

  let exhaustionNotice: RecurringNotice
  let fullnessNotice: RecurringNotice
  let evictionNotice: RecurringNotice

  init(
    clock: Clock, console: Console, node: Mailbox<NodeMail>, ports: PortSettings,
    signer: StreamSigner, streamReactors: UInt32
  ) {
    self.clock = clock
    self.console = console
    self.node = node
    self.ports = ports
    self.signer = signer
    self.streamReactors = streamReactors
    exhaustionNotice = RecurringNotice("no descriptor or memory for a connection", on: console)
    fullnessNotice = RecurringNotice(
      "streams refused: a reactor has as many as its descriptors allow", on: console)
    evictionNotice = RecurringNotice("silent connections closed to make room", on: console)
  }
}

/// The sockets of one thread with their tables, and its loop.
struct Reactor: ~Copyable {
  let index: Int
  let context: ReactorContext
  let listeners: [PortListener]
  let budgets: DescriptorBudgets

  /// The number of streams for which a descriptor table of the reactor's own has room.
  let maximumStreams: Int
  let mailbox: Mailbox<DirectiveBatch>
  var poller: Poller

  var table = ConnectionTable()

  /// The number of connections that are streams or have requested one.
  var streamCount = 0
  var connections: Slab<HTTPConnection>
  var backlogs: Slab<Backlog>

  /// The origins that are named in the responses to requests for streams with credentials.
  var origins = Slab<ContiguousArray<UInt8>> { [] }

  var audiences = AudienceTable()
  var broadcasts = Slab { Broadcast() }

  /// The responses that observe several namespaces, and the rows of those whose counts are sent at
  /// the end of the turn.
  var watches = Slab { Watch(slot: .max) }
  var dueWatches: ContiguousArray<UInt32> = []

  /// The rows of the audiences with a broadcast, in the order of their turns.
  var broadcasting = FIFO<UInt32>()

  /// The HTTP connections with a timeout, by its raw value.
  var waiting = ContiguousArray(
    repeating: DeadlineQueue(), count: HTTPConnection.Timeout.allCases.count)

  /// The backlogs.
  var behind = DeadlineQueue()

  /// The buffer for received bytes.
  var scratch = ContiguousArray<UInt8>.untouched(count: 65_536)

  /// The buffers for a frame that is sent at once, to chunked and to other streams.
  var chunkedFrame = Reactor.emptyFrame
  var plainFrame = Reactor.emptyFrame

  /// The buffer for a frame to a stream that observes several namespaces.
  var watchFrame = Reactor.emptyFrame

  /// The next report to the node.
  var outgoing: InputBatch

  /// An empty array with room for the next batches of directives.
  var spareBatches = ContiguousArray<DirectiveBatch>.withRoom

  /// The number of messages whose pass has begun and that are not acknowledged.
  var unacknowledgedMessages: UInt32 = 0

  /// The number of inputs in `outgoing` that report only a stream's end, and the time until which
  /// they may wait.
  var unreportedLeaves = 0
  private var leavesDue: Instant?
  var now = Instant.start
  var wallSeconds: UInt64 = 0
  var encoder: ResponseEncoder

  /// The end of a pause in accepting connections; nil for none.
  var acceptsAgainAt: Instant?

  /// Whether one more connection was accepted than the limit allows, and none was closed since.
  var isOverLimit = false
  var isStopped = false

  /// The number of ends of streams that are reported at once.
  private static let maximumUnreportedLeaves = 512

  /// An empty buffer with room for most frames.
  private static var emptyFrame: ContiguousArray<UInt8> {
    var frame: ContiguousArray<UInt8> = []
    frame.reserveCapacity(512)
    return frame
  }

  /// The keys of events that are not a connection's. Keys of connections have a generation of 1 and
  /// up.
  static let mailboxKey: UInt64 = 0
  static let firstListenerKey: UInt64 = 1

  init(
    index: Int, context: ReactorContext, listeners: [PortListener], budgets: DescriptorBudgets,
    maximumStreams: Int, mailbox: Mailbox<DirectiveBatch>
  ) throws(SystemError) {
    let sources = listeners.enumerated().map { position, listener in
      (listener.descriptor, Self.firstListenerKey + UInt64(position))
    }
    poller = try Poller(mailbox: (mailbox.descriptor, Self.mailboxKey), watching: sources)
    self.index = index
    self.context = context
    self.listeners = listeners
    self.budgets = budgets
    self.maximumStreams = maximumStreams
    self.mailbox = mailbox
    outgoing = InputBatch(reactor: index)
    encoder = ResponseEncoder(
      date: HTTPDate(unixSeconds: 0), signer: context.signer, viewerIDs: context.ports.viewerIDs)
    connections = Slab { HTTPConnection(slot: .max, limits: .standard) }
    backlogs = Slab { Backlog(slot: .max, waitsSince: .start) }
  }

  /// The descriptors that no other thread needs.
  var listenersAndPoller: [Int32] { listeners.map(\.descriptor) + [poller.descriptor] }

  /// All descriptors that the reactor needs.
  var descriptors: [Int32] {
    let notices = context.console.notices.map { [$0.descriptor] } ?? []
    return listenersAndPoller + [mailbox.descriptor, context.node.descriptor] + notices
  }

  /// Serves until the node directs it to stop.
  mutating func run() {
    while !isStopped {
      let count = poller.wait(milliseconds: millisecondsToWait())
      readClocks()
      for index in 0..<count {
        let event = poller.event(at: index)
        handle(event.key, event.seen)
      }
      endOverdue()
      // The node, and clients that wait for it, need not wait for the broadcasts.
      report()
      sendBroadcasts()
      if table.removeFreeSlots() { Allocator.returnFreePages() }
      report()
    }
    stop()
  }

  private mutating func handle(_ key: UInt64, _ seen: Readiness) {
    let generation = UInt32(key >> 32)
    if generation > 0 {
      let slot = UInt32(truncatingIfNeeded: key)
      let handle = ConnectionHandle(slot: slot, generation: generation)
      if table.isCurrent(handle) { ready(slot, seen) }
    } else if key == Self.mailboxKey {
      performDirectives()
    } else {
      accept(from: listeners[Int(key - Self.firstListenerKey)])
    }
  }

  /// Handles an event of a connection.
  private mutating func ready(_ slot: UInt32, _ seen: Readiness) {
    let handle = table.handle(slot)
    if seen.contains(.bothEnded), table[slot].state == .streaming {
      // Bytes that the client sent before it left are not read.
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

  /// Empties the buffer of a frame, and gives back the storage of a large one.
  static func clear(_ frame: inout ContiguousArray<UInt8>) {
    if frame.capacity > 4096 { frame = emptyFrame }
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
    guard unreportedLeaves > 0 else { return milliseconds }
    return milliseconds < 0 ? 1 : min(milliseconds, 1)
  }

  /// Posts `outgoing` to the node. Ends of streams wait for a millisecond, because nobody awaits an
  /// answer to them, and each post of a crowd that leaves would wake the node's thread.
  private mutating func report() {
    if unacknowledgedMessages >= MessageLimits.acknowledgedAtOnce { acknowledgeMessages() }
    guard !outgoing.inputs.isEmpty else { return }
    if outgoing.inputs.count == unreportedLeaves, unreportedLeaves < Self.maximumUnreportedLeaves {
      let due = leavesDue ?? now + .milliseconds(1)
      leavesDue = due
      guard now >= due else { return }
    }
    leavesDue = nil
    unreportedLeaves = 0
    if unacknowledgedMessages > 0 { acknowledgeMessages() }
    let batch = outgoing
    outgoing = InputBatch(reactor: index)
    context.node.post(.inputs(batch))
  }

  private mutating func acknowledgeMessages() {
    outgoing.inputs.appendToBatch(.acknowledged(messages: unacknowledgedMessages))
    unacknowledgedMessages = 0
  }

  /// Sends the messages that were accepted, and closes everything.
  private mutating func stop() {
    for listener in listeners { close(listener) }
    finishBroadcasts()
    for slot in (0..<UInt32(table.sockets.count)) {
      if table[slot].state == .streaming { endAtOnce(slot) }
      guard table[slot].state != .free, table[slot].state != .part else { continue }
      discardInput(slot)
      table.remove(slot)
    }
  }
}
