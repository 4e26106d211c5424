// Drives a node as the daemon does, without sockets: it makes the reports of the reactors, performs
// their directives, and records the results. The caller chooses the numbers of the streams.

/// A node with simulated reactors.
package struct NodeDriver {
  /// A result of the inputs. The order for one input is: what the meter was fed, the directives,
  /// datagrams.
  package enum Occurrence: Equatable, Sendable {
    /// The meter was fed an event that is not a message. The driver knows the names.
    case fed(Event)

    /// The meter was fed a message.
    case fedMessage(namespace: [UInt8], text: [UInt8])

    /// The meter was fed a message to be kept.
    case fedRetained(namespace: [UInt8], service: [UInt8], text: [UInt8])
    case retired(namespace: [UInt8])

    /// A stream received its first count.
    case greeted(stream: UInt32, count: UInt64)

    /// A stream received an event of its own.
    case sent(stream: UInt32, frame: [UInt8])
    case ended(stream: UInt32, EndReason)
    case refused(stream: UInt32, RefusalReason)

    /// A reactor sent an event to its streams of a namespace.
    case message(namespace: [UInt8], frame: [UInt8], reactor: Int)
    case answered(Answer.Status, body: [UInt8])

    /// A datagram was sent to the other nodes.
    case datagram(ContiguousArray<UInt8>)
  }

  /// An open stream.
  package struct Stream: Sendable {
    /// The name of its namespace.
    package let namespace: [UInt8]

    /// Its viewer id; empty if it has none.
    package let viewer: [UInt8]

    /// The connection number in the node: slot × stream reactors + reactor.
    fileprivate let connection: UInt32

    /// The stream's `id:`; empty before the greeting.
    package fileprivate(set) var id: ContiguousArray<UInt8> = []

    /// The last count that it received; nil before the greeting.
    package fileprivate(set) var shown: UInt64?
  }

  /// The driven node.
  package var node: Node

  /// The open streams, by number.
  package private(set) var streams: [UInt32: Stream] = [:]
  private var numbers: [UInt32: UInt32] = [:]
  private let streamReactors: Int
  private let signer: StreamSigner

  /// By reactor, the free slots, and the number of slots.
  private var freeSlots: [[UInt32]]
  private var slotCounts: [UInt32]
  private var lastGeneration: UInt32 = 0
  private var occurrences: ContiguousArray<Occurrence> = []

  /// The last name of each namespace number and of each viewer number.
  private var namespaces: [UInt32: [UInt8]] = [:]
  private var viewers: [UInt32: [UInt8]] = [:]
  private var services: [UInt32: [UInt8]] = [:]

  /// The digest of all datagrams that were sent.
  private var sent = Digest()

  /// A node with `streamReactors` reactors for streams, and one more for the questions of clients.
  package init(
    _ settings: NodeSettings, membership: Membership? = nil, streamReactors: Int = 1
  ) {
    var settings = settings
    settings.streamReactors = streamReactors
    settings.reactors = streamReactors + 1
    node = Node(settings, membership: membership)
    node.log = MeterLog(includesEffects: true)
    self.streamReactors = streamReactors
    signer = settings.signer
    freeSlots = Array(repeating: [], count: streamReactors)
    slotCounts = Array(repeating: 0, count: streamReactors)
  }

  /// Takes the occurrences since the last call.
  package mutating func takeOccurrences() -> ContiguousArray<Occurrence> {
    var all: ContiguousArray<Occurrence> = []
    swap(&all, &occurrences)
    return all
  }

  /// The digest of all effects and datagrams.
  package var digest: Digest {
    var digest = sent
    digest.combine(node.digest.value)
    return digest
  }

  /// The total of a namespace; nil if it does not exist.
  package func total(of namespace: [UInt8]) -> NamespaceStatistics? {
    node.namespaces.find(namespace.span).flatMap { node.meter.statistics(of: NamespaceID($0)) }
  }

  /// The last name of a viewer id's number.
  package func name(of viewer: ViewerID) -> [UInt8] { viewers[viewer.number] ?? [] }

  /// The last name of a namespace's number.
  package func name(of namespace: NamespaceID) -> [UInt8] { namespaces[namespace.number] ?? [] }
}

// MARK: - Inputs

extension NodeDriver {
  /// Fires the deadlines of the meter, and does nothing else.
  package mutating func advanceMeter(to instant: Instant) {
    node.advanceMeter(to: instant)
    perform(at: instant)
  }

  /// Lets the node perform what is due by `instant`.
  package mutating func advance(to instant: Instant) {
    node.advance(to: instant)
    perform(at: instant)
  }

  /// Gives the node a datagram of another node.
  package mutating func receive(
    _ datagram: ContiguousArray<UInt8>, from source: NodeAddress = NodeAddress("192.0.2.7:314"),
    over carrier: Carrier = .multicast, at instant: Instant
  ) {
    node.receive(datagram.span, from: source, over: carrier, at: instant)
    perform(at: instant)
  }

  /// Reports to the node that a carrier works again.
  package mutating func carrierReturned(at instant: Instant) {
    node.carrierReturned(at: instant)
    perform(at: instant)
  }

  /// Stops the node.
  package mutating func stop(at instant: Instant) {
    node.stop(at: instant)
    perform(at: instant)
  }

  /// Opens a stream for a client, on the reactor `number` modulo `streamReactors`. Returns whether
  /// it is open. Precondition: no stream has the number.
  @discardableResult
  package mutating func open(
    _ number: UInt32, _ namespace: [UInt8], viewer: [UInt8] = [],
    lastEventID: ContiguousArray<UInt8> = [], as kind: StreamKind = .viewer, at instant: Instant
  ) -> Bool {
    precondition(streams[number] == nil, "stream \(number) is open")
    let reactor = Int(number) % streamReactors
    let slot = takeSlot(of: reactor)
    lastGeneration += 1
    let connection = slot * UInt32(streamReactors) + UInt32(reactor)
    streams[number] = Stream(namespace: namespace, viewer: viewer, connection: connection)
    numbers[connection] = number
    var batch = InputBatch(reactor: reactor)
    batch.inputs.append(
      .opened(
        ConnectionHandle(slot: slot, generation: lastGeneration),
        namespace: batch.bytes.appendText(namespace.span),
        viewer: batch.bytes.appendText(viewer.span),
        after: StreamIdentifier(lastEventID.span), as: kind))
    apply(batch, at: instant)
    return streams[number] != nil
  }

  /// Closes the stream of a client. Nothing happens if it ended before.
  package mutating func close(_ number: UInt32, at instant: Instant) {
    guard let connection = streams[number]?.connection else { return }
    leave(connection, at: instant)
    perform(at: instant)
  }

  /// Sends a client's message to a namespace.
  package mutating func publish(_ text: [UInt8], to namespace: [UInt8], at instant: Instant) {
    ask(at: instant) { batch in
      .message(
        namespace: batch.bytes.appendText(namespace.span),
        text: batch.bytes.appendText(text.span))
    }
  }

  /// Sends a client's message to a namespace, to be kept.
  package mutating func retain(
    _ text: [UInt8], of service: [UInt8], in namespace: [UInt8], at instant: Instant
  ) {
    ask(at: instant) { batch in
      .retain(
        namespace: batch.bytes.appendText(namespace.span),
        service: batch.bytes.appendText(service.span), text: batch.bytes.appendText(text.span))
    }
  }

  /// Asks for a namespace's members by a plain request, and excludes the holder of a viewer id.
  package mutating func askMembers(
    of namespace: [UInt8], excluding viewer: [UInt8] = [], at instant: Instant
  ) {
    ask(at: instant) { batch in
      .members(
        batch.bytes.appendText(namespace.span),
        excluding: batch.bytes.appendText(viewer.span), asJSON: false)
    }
  }

  /// Reports the count of a source for a namespace.
  package mutating func report(
    _ source: [UInt8], _ namespace: [UInt8], members: UInt64, at instant: Instant
  ) {
    ask(at: instant) { batch in
      .external(
        source: batch.bytes.appendText(source.span),
        namespace: batch.bytes.appendText(namespace.span), members: members)
    }
  }

  /// Asks a client's question.
  package mutating func ask(
    at instant: Instant, _ question: (inout InputBatch) -> Question
  ) {
    var batch = InputBatch(reactor: streamReactors)
    let asked = question(&batch)
    batch.inputs.append(.asked(ConnectionHandle(slot: 0, generation: 1), asked))
    apply(batch, at: instant)
  }

  private mutating func apply(_ batch: InputBatch, at instant: Instant) {
    node.apply(batch, at: instant)
    perform(at: instant)
  }

  private mutating func takeSlot(of reactor: Int) -> UInt32 {
    if let slot = freeSlots[reactor].popLast() { return slot }
    slotCounts[reactor] += 1
    return slotCounts[reactor] - 1
  }

  /// Ends a stream, and reports that as its reactor would.
  private mutating func leave(_ connection: UInt32, at instant: Instant) {
    guard let number = numbers.removeValue(forKey: connection) else { return }
    streams[number] = nil
    let (slot, reactor) = connection.quotientAndRemainder(dividingBy: UInt32(streamReactors))
    freeSlots[Int(reactor)].append(slot)
    var batch = InputBatch(reactor: Int(reactor))
    batch.inputs.append(.closed(slot: slot))
    node.apply(batch, at: instant)
  }
}

// MARK: - Outputs

extension NodeDriver {
  /// Performs the outputs of the node until there are none.
  private mutating func perform(at instant: Instant) {
    var isBusy = true
    while isBusy {
      isBusy = false
      readLog()
      for reactor in 0...streamReactors {
        guard let batch = node.outputs.take(for: reactor) else { continue }
        isBusy = true
        perform(batch, of: reactor, at: instant)
      }
    }
    guard let batch = node.outputs.takeDatagrams() else { return }
    for range in batch.datagrams {
      let bytes = ContiguousArray(batch.bytes[range.bounds])
      for byte in bytes { sent.combine(UInt64(byte)) }
      occurrences.append(.datagram(bytes))
    }
  }

  private mutating func readLog() {
    guard let log = node.log, !log.entries.isEmpty else { return }
    for (_, entry) in log.entries {
      switch entry {
      case .namespaceBound(let namespace, let name):
        namespaces[namespace.number] = Array(log.bytes[name.bounds])
      case .viewerBound(let viewer, let name):
        viewers[viewer.number] = Array(log.bytes[name.bounds])
      case .effect(let effect):
        if case .retire(let namespace) = effect.action {
          occurrences.append(.retired(namespace: name(of: namespace)))
        }
      case .event(let event): occurrences.append(.fed(event))
      case .message(let namespace, _, let text):
        occurrences.append(
          .fedMessage(namespace: name(of: namespace), text: Array(log.bytes[text.bounds])))
      case .serviceBound(let service, let name):
        services[service.number] = Array(log.bytes[name.bounds])
      case .retained(let namespace, let service, _, let text):
        occurrences.append(
          .fedRetained(
            namespace: name(of: namespace), service: services[service.number] ?? [],
            text: Array(log.bytes[text.bounds])))
      case .namespaceUnbound, .viewerUnbound, .sourceBound, .sourceUnbound, .serviceUnbound: break
      }
    }
    node.log?.removeAll()
  }

  private mutating func perform(_ batch: DirectiveBatch, of reactor: Int, at instant: Instant) {
    var messages: UInt32 = 0
    for directive in batch.directives {
      switch directive {
      case .greet(let handle, let ordinal, _, let count):
        guard let number = numbers[connection(handle, reactor)] else { continue }
        let stream = ConnectionKey(ConnectionID(connection(handle, reactor)), ordinal)
        streams[number]?.id = signer.identifier(of: stream).text
        streams[number]?.shown = count
        occurrences.append(.greeted(stream: number, count: count))
      case .send(let handle, let frame):
        guard let number = numbers[connection(handle, reactor)] else { continue }
        occurrences.append(.sent(stream: number, frame: Array(batch.bytes[frame.bounds])))
      case .notify(let namespace, let count):
        let name = name(of: namespace)
        for (number, stream) in streams
        where stream.namespace == name && stream.shown != nil
          && stream.connection % UInt32(streamReactors) == UInt32(reactor)
        {
          streams[number]?.shown = count
        }
      case .message(let namespace, let frame):
        messages += 1
        occurrences.append(
          .message(
            namespace: name(of: namespace), frame: Array(batch.bytes[frame.bounds]),
            reactor: reactor))
      case .end(let handle, let reason):
        guard let number = numbers[connection(handle, reactor)] else { continue }
        occurrences.append(.ended(stream: number, reason))
        leave(connection(handle, reactor), at: instant)
      case .refuse(let handle, let reason):
        guard let number = numbers[connection(handle, reactor)] else { continue }
        occurrences.append(.refused(stream: number, reason))
        leave(connection(handle, reactor), at: instant)
      case .answer(_, let answer):
        occurrences.append(.answered(answer.status, body: Array(batch.bytes[answer.body.bounds])))
      case .stop: break
      }
    }
    guard messages > 0 else { return }
    var acknowledgement = InputBatch(reactor: reactor)
    acknowledgement.inputs.append(.acknowledged(messages: messages))
    node.apply(acknowledgement, at: instant)
  }

  private func connection(_ handle: ConnectionHandle, _ reactor: Int) -> UInt32 {
    handle.slot * UInt32(streamReactors) + UInt32(reactor)
  }
}
