// The sequencer owns the meter and reads the clock. It takes the reactors' batches, stamps what is in them,
// feeds it to the meter and sends the effects to whom they concern. The order in which it does so *is* the
// history.

import MeterModel

/// A client that sent a message, and how many connections that is for.
struct MessageSender {
  let handle: Handle
  let reactor: Int
  let connections: UInt32
}

/// The thread that owns the meter.
struct Sequencer: ~Copyable {
  var meter: Meter
  var effects = EffectBuffer()
  let clock: Clock
  let console: Console

  /// Namespace and viewer names to ids. A name is bound exactly while the meter knows its id.
  var namespaces: NameTable
  var viewers: NameTable

  /// Which tenant of its slot each open connection is, by connection number.
  var generations: ContiguousArray<UInt32> = []

  /// Which reactors have streams of which namespace.
  var presence = Presence()

  /// What each reactor is to be told next, and where to put it.
  var outgoing: [Commands]
  let reactors: [Mailbox<Commands>]

  /// How many of the reactors, the first ones, have streams.
  let audienceReactors: Int

  let mailbox: Inbox
  private var poller: Poller
  private var messageCount: UInt64 = 0

  /// Whether no namespace was known at the end of the last turn.
  private var knewNothing = true
  var deliveries: Deliveries<MessageSender>
  var capture: Capture?

  /// The other nodes; nil where there are none.
  var cluster: ClusterLink?

  /// What the node orders.
  var orders = ClusterOrders()
  let connectionsNotice: RecurringNotice
  let namespacesNotice: RecurringNotice
  let rejectionNotice: RecurringNotice

  /// Where it arrives.
  typealias Inbox = Mailbox<Order>

  /// What arrives at the sequencer.
  enum Order: Sendable {
    case reports(Reports)

    /// Pass the stop on to every reactor and return.
    case stop
  }

  /// How many namespaces' statistics are written at a time, so that nobody waits for a million.
  static let statisticsPiece = 512

  init(
    configuration: Configuration, clock: Clock, console: Console, mailbox: Inbox,
    reactors: [Mailbox<Commands>], audienceReactors: Int, hashKey: HashKey, capture: Capture?,
    cluster: ClusterLink?
  ) throws(SystemError) {
    let arrivals = cluster.map { [($0.arrivals.descriptor, UInt64(1))] } ?? []
    poller = try Poller(mailbox: (mailbox.descriptor, 0), watching: arrivals)
    meter = Meter(configuration: configuration)
    namespaces = NameTable(key: hashKey)
    viewers = NameTable(key: hashKey)
    outgoing = reactors.map { _ in Commands() }
    deliveries = Deliveries(reactors: reactors.count)
    connectionsNotice = RecurringNotice(
      "streams refused: --max-connections is reached", on: console)
    namespacesNotice = RecurringNotice(
      "streams refused: --max-namespaces is reached", on: console)
    rejectionNotice = RecurringNotice("events that made no sense", on: console)
    self.capture = capture
    self.cluster = cluster
    self.clock = clock
    self.console = console
    self.mailbox = mailbox
    self.reactors = reactors
    self.audienceReactors = audienceReactors
  }

  /// Serves until it is told to stop.
  mutating func run() {
    var orders = ContiguousArray<Order>.withRoom
    while true {
      _ = poller.wait(milliseconds: millisecondsToDeadline())
      mailbox.takeAllAtEdge(into: &orders)
      let now = clock.now
      advance(to: now)
      for order in orders {
        switch order {
        case .reports(let reports):
          for report in reports.reports { take(report, of: reports, at: now) }
        case .stop:
          leaveCluster(at: now)
          for reactor in outgoing.indices { outgoing[reactor].commands.appendToBatch(.stop) }
          sendOutgoing()
          capture?.end(meter, digest: effects.digest)
          return
        }
      }
      hearCluster(at: now)
      advance(to: now)
      advanceCluster(to: now)
      finishCapturedBlock()
      sendOutgoing()
      orders.empty()
      if meter.openConnections == 0 { generations = [] }
      giveBackMemory()
    }
  }

  /// Gives back what a crowd has left behind, once its namespaces are forgotten.
  private mutating func giveBackMemory() {
    let knowsNothing = namespaces.count == 0
    if knowsNothing, !knewNothing { Allocator.giveBackFreePages() }
    knewNothing = knowsNothing
  }

  private func millisecondsToDeadline() -> Int32 {
    let deadline = min(
      meter.nextDeadline ?? .latest, capture?.deadline ?? .latest, clusterDeadline ?? .latest)
    guard deadline < .latest else { return -1 }
    let now = clock.now
    guard deadline > now else { return 0 }
    return Int32(clamping: ((deadline - now).nanoseconds + 999_999) / 1_000_000)
  }

  /// Fires what is due, so that a name that is resolved afterwards cannot be retired beneath it.
  mutating func advance(to now: Instant) {
    meter.advance(to: now, into: &effects)
    carryOut(message: .none, of: nil)
  }

  private mutating func finishCapturedBlock() {
    guard capture?.isDue(at: meter.now) ?? false else { return }
    let position = Capture.Position(
      digest: effects.digest, messages: messageCount, namespaces: namespaces, viewers: viewers)
    capture?.finishBlock(meter, position)
  }

  private mutating func sendOutgoing() {
    for reactor in outgoing.indices where !outgoing[reactor].commands.isEmpty {
      let commands = outgoing[reactor]
      outgoing[reactor] = Commands()
      reactors[reactor].post(commands)
    }
  }
}

// MARK: - What the reactors say

extension Sequencer {
  private mutating func take(_ report: Report, of reports: Reports, at now: Instant) {
    advance(to: now)
    finishCapturedBlock()
    switch report {
    case .opened(let handle, let namespace, let viewer, let after, let streamID):
      if isStoppedByCluster(
        reports.bytes.span.extracting(viewer.bounds),
        reports.bytes.span.extracting(streamID.bounds))
      {
        let connection = number(handle.slot, reports.reactor)
        cluster?.refused.insert(connection.number)
        outgoing[reports.reactor].commands.appendToBatch(.refuse(handle, .stopped))
        return
      }
      open(handle, namespace, viewer, after, of: reports)
    case .closed(let slot):
      let connection = number(slot, reports.reactor)
      if cluster?.refused.remove(connection.number) != nil { return }
      let viewer = meter.isOpen(connection) ? meter.viewer(of: connection) : .none
      feed(.closed(connection))
      unbindIfFree(viewer)
    case .count(let handle, let namespace, let viewer):
      if !viewer.isEmpty { exclude(reports.bytes.span.extracting(viewer.bounds)) }
      outgoing[reports.reactor].commands.appendToBatch(
        .count(handle, count(reports.bytes.span.extracting(namespace.bounds))))
    case .message(let handle, let namespace, let text):
      deliver(text, to: namespace, of: reports, from: handle)
    case .told(let messages):
      deliveries.told(messages, by: reports.reactor).forEach { answer($0) }
    case .statistics(let handle, let ordinal):
      writeStatistics(after: ordinal, for: handle, of: reports.reactor)
    case .cluster(let handle):
      let report = writeClusterReport(at: now)
      let text = report.map { outgoing[reports.reactor].bytes.appendText($0.span) }
      outgoing[reports.reactor].commands.appendToBatch(.cluster(handle, text))
    }
  }

  private mutating func open(
    _ handle: Handle, _ namespaceName: ByteRange, _ viewerName: ByteRange,
    _ after: ConnectionOrdinal, of reports: Reports
  ) {
    let connection = number(handle.slot, reports.reactor)
    while generations.count <= Int(connection.number) { generations.append(0) }
    generations[Int(connection.number)] = handle.generation
    guard let number = namespaces.bind(reports.bytes.span.extracting(namespaceName.bounds)) else {
      fatalError("a namespace of \(namespaceName.count) bytes was let through")
    }
    let namespace = NamespaceID(number)
    let bound = viewers.bind(reports.bytes.span.extracting(viewerName.bounds))
    let viewer = bound.map { ViewerID($0) } ?? .none
    capture?.name(namespace, reports.bytes.span.extracting(namespaceName.bounds))
    if viewer != .none {
      capture?.name(viewer, reports.bytes.span.extracting(viewerName.bounds))
    }
    feed(.opened(connection, namespace, viewer: viewer, after: after))
    if viewer != .none, meter.isOpen(connection) {
      tellCluster(opened: reports.bytes.span.extracting(viewerName.bounds))
    }
    if !meter.exists(namespace) { unbind(namespace) }
    unbindIfFree(viewer)
  }

  /// A namespace's count for who does not join it; nil when the daemon is full.
  private func count(_ namespace: Span<UInt8>) -> UInt64? {
    if meter.openConnections >= meter.configuration.maximumConnections { return nil }
    return namespaces.find(namespace).map { meter.members(of: NamespaceID($0)) } ?? 0
  }

  private mutating func exclude(_ viewer: Span<UInt8>) {
    tellCluster(asked: viewer)
    guard let id = viewers.find(viewer) else { return }
    feed(.excluded(ViewerID(id)))
    unbindIfFree(ViewerID(id))
  }

  private mutating func deliver(
    _ text: ByteRange, to namespace: ByteRange, of reports: Reports, from sender: Handle
  ) {
    tellCluster(
      message: reports.bytes.span.extracting(text.bounds),
      to: reports.bytes.span.extracting(namespace.bounds))
    let id = namespaces.find(reports.bytes.span.extracting(namespace.bounds))
    let connections = id.map { meter.openConnections(of: NamespaceID($0)) } ?? 0
    guard let id, connections > 0 else {
      outgoing[reports.reactor].commands.appendToBatch(.delivered(sender, 0))
      return
    }
    tell(text, of: reports, to: NamespaceID(id))
    let waiter = MessageSender(
      handle: sender, reactor: reports.reactor, connections: connections)
    if !deliveries.makesWait(waiter) { answer(waiter) }
  }

  private mutating func answer(_ sender: MessageSender) {
    outgoing[sender.reactor].commands.appendToBatch(
      .delivered(sender.handle, sender.connections))
  }

  /// Feeds a message to those who are open in a namespace.
  mutating func tell(_ text: ByteRange, of reports: Reports, to namespace: NamespaceID) {
    messageCount += 1
    capture?.append(
      MessageID(messageCount), to: namespace,
      text: reports.bytes.span.extracting(text.bounds), at: meter.now)
    meter.apply(.message(namespace, MessageID(messageCount)), at: meter.now, into: &effects)
    carryOut(message: text, of: reports)
  }

  mutating func feed(_ event: Event) {
    if console.isVerbose { say(event) }
    capture?.append(event, at: meter.now)
    meter.apply(event, at: meter.now, into: &effects)
    carryOut(message: .none, of: nil)
  }

  mutating func unbindIfFree(_ viewer: ViewerID) {
    guard viewer != .none, !meter.isHeld(viewer), viewers.isBound(viewer.number) else { return }
    tellCluster(left: viewer)
    viewers.unbind(viewer.number)
    capture?.forget(viewer)
  }

  mutating func unbind(_ namespace: NamespaceID) {
    namespaces.unbind(namespace.number)
    capture?.forget(namespace)
  }

  private mutating func writeStatistics(
    after ordinal: UInt64, for handle: Handle, of reactor: Int
  ) {
    var json = StatisticsJSON(continuing: ordinal != 0)
    var bytes: ContiguousArray<UInt8> = []
    let next = meter.visitNamespaces(after: ordinal, limit: Self.statisticsPiece) { id, figures in
      namespaces.withName(of: id.number) { name in
        json.append(
          name: name, created: clock.unixSeconds(figures.created), members: figures.members,
          connections: figures.connections,
          modified: figures.modified.map { clock.unixSeconds($0) } ?? 0, into: &bytes)
      }
    }
    let piece = outgoing[reactor].bytes.appendText(bytes.span)
    outgoing[reactor].commands.appendToBatch(.statistics(handle, piece, next: next))
  }
}
