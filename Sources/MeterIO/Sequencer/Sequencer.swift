// The sequencer owns the meter and reads the clock. It takes the reactors' batches, stamps what is in them,
// feeds it to the meter and sends the effects to whom they concern. The order in which it does so *is* the
// history.

import MeterModel

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

  /// What each reactor is to be told next, and where to put it.
  var outgoing: [Commands]
  let reactors: [Mailbox<Commands>]

  /// How many of the reactors, the first ones, have streams.
  let audienceReactors: Int

  let mailbox: Inbox
  private var poller: Poller
  private var messageCount: UInt64 = 0
  private var deliveries = Deliveries()
  private var capture: Capture?
  private let connectionsNotice: RecurringNotice
  private let namespacesNotice: RecurringNotice
  private let rejectionNotice: RecurringNotice

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
    reactors: [Mailbox<Commands>], audienceReactors: Int, hashKey: HashKey, capture: Capture?
  ) throws(SystemError) {
    poller = try Poller(watching: [(mailbox.descriptor, 0)])
    meter = Meter(configuration: configuration)
    namespaces = NameTable(key: hashKey)
    viewers = NameTable(key: hashKey)
    outgoing = reactors.map { _ in Commands() }
    connectionsNotice = RecurringNotice(
      "streams refused: --max-connections is reached", on: console)
    namespacesNotice = RecurringNotice(
      "streams refused: --max-namespaces is reached", on: console)
    rejectionNotice = RecurringNotice("events that made no sense", on: console)
    self.capture = capture
    self.clock = clock
    self.console = console
    self.mailbox = mailbox
    self.reactors = reactors
    self.audienceReactors = audienceReactors
  }

  /// Serves until it is told to stop.
  mutating func run() {
    while true {
      _ = poller.wait(milliseconds: millisecondsToDeadline())
      let orders = mailbox.takeAll()
      let now = clock.now
      advance(to: now)
      for order in orders {
        switch order {
        case .reports(let reports):
          for report in reports.reports { take(report, of: reports, at: now) }
        case .stop:
          for reactor in outgoing.indices { outgoing[reactor].commands.append(.stop) }
          sendOutgoing()
          capture?.end(meter, digest: effects.digest)
          return
        }
      }
      advance(to: now)
      finishCapturedBlock()
      sendOutgoing()
    }
  }

  private func millisecondsToDeadline() -> Int32 {
    let deadlines = [meter.nextDeadline, capture?.deadline].compactMap { $0 }
    guard let deadline = deadlines.min() else { return -1 }
    let now = clock.now
    guard deadline > now else { return 0 }
    return Int32(clamping: ((deadline - now).nanoseconds + 999_999) / 1_000_000)
  }

  /// Fires what is due, so that a name that is resolved afterwards cannot be retired beneath it.
  private mutating func advance(to now: Instant) {
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
    case .opened(let handle, let namespace, let viewer, let after):
      open(handle, namespace, viewer, after, of: reports)
    case .closed(let slot):
      let connection = number(slot, reports.reactor)
      let viewer = meter.isOpen(connection) ? meter.viewer(of: connection) : .none
      feed(.closed(connection))
      unbindIfFree(viewer)
    case .count(let handle, let namespace, let viewer):
      if !viewer.isEmpty { exclude(reports.bytes.span.extracting(viewer.bounds)) }
      outgoing[reports.reactor].commands.append(
        .count(handle, count(reports.bytes.span.extracting(namespace.bounds))))
    case .message(let handle, let namespace, let text):
      deliver(text, to: namespace, of: reports, from: handle)
    case .told(let ticket):
      guard let (sender, reactor, connections) = deliveries.told(ticket: ticket) else { return }
      outgoing[reactor].commands.append(.delivered(sender, connections))
    case .statistics(let handle, let ordinal):
      writeStatistics(after: ordinal, for: handle, of: reports.reactor)
    }
  }

  private mutating func open(
    _ handle: Handle, _ namespaceName: TextRange, _ viewerName: TextRange,
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
    if !meter.exists(namespace) { unbind(namespace) }
    unbindIfFree(viewer)
  }

  /// A namespace's count for who does not join it; nil when the daemon is full.
  private func count(_ namespace: Span<UInt8>) -> UInt64? {
    if meter.openConnections >= meter.configuration.maximumConnections { return nil }
    return namespaces.find(namespace).map { meter.members(of: NamespaceID($0)) } ?? 0
  }

  private mutating func exclude(_ viewer: Span<UInt8>) {
    guard let id = viewers.find(viewer) else { return }
    feed(.excluded(ViewerID(id)))
    unbindIfFree(ViewerID(id))
  }

  private mutating func deliver(
    _ text: TextRange, to namespace: TextRange, of reports: Reports, from sender: Handle
  ) {
    let id = namespaces.find(reports.bytes.span.extracting(namespace.bounds))
    let connections = id.map { meter.openConnections(of: NamespaceID($0)) } ?? 0
    guard let id, connections > 0 else {
      outgoing[reports.reactor].commands.append(.delivered(sender, 0))
      return
    }
    messageCount += 1
    deliveries.begin(
      ticket: messageCount, to: audienceReactors, connections: connections, from: sender,
      of: reports.reactor)
    capture?.append(
      MessageID(messageCount), to: NamespaceID(id),
      text: reports.bytes.span.extracting(text.bounds), at: meter.now)
    meter.apply(
      .message(NamespaceID(id), MessageID(messageCount)), at: meter.now, into: &effects)
    carryOut(message: text, of: reports)
  }

  private mutating func feed(_ event: Event) {
    if console.isVerbose { say(event) }
    capture?.append(event, at: meter.now)
    meter.apply(event, at: meter.now, into: &effects)
    carryOut(message: .none, of: nil)
  }

  private mutating func unbindIfFree(_ viewer: ViewerID) {
    guard viewer != .none, !meter.isHeld(viewer), viewers.isBound(viewer.number) else { return }
    viewers.unbind(viewer.number)
    capture?.forget(viewer)
  }

  private mutating func unbind(_ namespace: NamespaceID) {
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
    outgoing[reactor].commands.append(.statistics(handle, piece, next: next))
  }
}

// MARK: - What the meter decides

extension Sequencer {
  /// Sends the effects to whom they concern.
  private mutating func carryOut(message: TextRange, of reports: Reports?) {
    guard !effects.effects.isEmpty else { return }
    for index in effects.effects.indices {
      let effect = effects.effects[index]
      if console.isVerbose { say(effect) }
      switch effect.action {
      case .greet(let connection, let ordinal, let namespace, let count):
        tell(connection) { .greet($0, ordinal: ordinal, namespace, count: count) }
      case .notify(let namespace, let count):
        tellAll(.notify(namespace, count: count))
      case .message(let namespace, let ticket):
        if let reports { tellAll(message, of: reports, namespace, ticket: ticket.number) }
      case .end(let connection, let reason):
        tell(connection) { .end($0, reason) }
        unbindIfFree(meter.viewer(of: connection))
      case .refuse(let connection, let reason):
        if reason == .full { noteFull() }
        tell(connection) { .refuse($0, reason) }
      case .retire(let namespace):
        tellAll(.retire(namespace))
        unbind(namespace)
      case .reject(let rejection):
        rejectionNotice.note(at: meter.now)
        console.debug("rejected: \(rejection)")
      }
    }
    effects.removeAll()
  }

  private func noteFull() {
    let isFull = meter.openConnections >= meter.configuration.maximumConnections
    (isFull ? connectionsNotice : namespacesNotice).note(at: meter.now)
  }

  private mutating func tell(_ connection: ConnectionID, _ command: (Handle) -> Command) {
    let (slot, reactor) = connection.number.quotientAndRemainder(
      dividingBy: UInt32(audienceReactors))
    let handle = Handle(slot: slot, generation: generations[Int(connection.number)])
    outgoing[Int(reactor)].commands.append(command(handle))
  }

  private mutating func tellAll(_ command: Command) {
    for reactor in 0..<audienceReactors { outgoing[reactor].commands.append(command) }
  }

  private mutating func tellAll(
    _ text: TextRange, of reports: Reports, _ namespace: NamespaceID, ticket: UInt64
  ) {
    for reactor in 0..<audienceReactors {
      let start = outgoing[reactor].bytes.count
      ServerSentEvents.append(
        message: reports.bytes.span.extracting(text.bounds), into: &outgoing[reactor].bytes)
      let frame = TextRange(
        start: UInt32(start), count: UInt32(outgoing[reactor].bytes.count - start))
      outgoing[reactor].commands.append(.message(namespace, frame: frame, ticket: ticket))
    }
  }

  /// The number of a reactor's slot among the connections of all reactors; dense.
  private func number(_ slot: UInt32, _ reactor: Int) -> ConnectionID {
    ConnectionID(slot * UInt32(audienceReactors) + UInt32(reactor))
  }
}
