// The node makes all decisions: which viewers are counted, what is sent and when, which streams
// end, when a namespace retires, and what the other nodes are sent. It is pure: no clock, no
// sockets, no randomness, no threads. Inputs with instants go in, outputs come out, and the same
// inputs give the same outputs, bit for bit. The daemon's thread, the simulator, the bench and the
// tests drive this type.
//
// The meter counts. Around it are the names of namespaces and viewers, the membership in a cluster,
// the messages with their flow control, and the answers to questions. Each theme has a file.

/// The settings of a node.
package struct NodeSettings: Sendable {
  /// The configuration of the meter.
  package var configuration = Configuration()

  /// The number of reactors. At least 1.
  package var reactors = 1

  /// The number of the reactors that have streams; they are the first ones. At least 1.
  package var streamReactors = 1

  /// Makes and checks the ids of this node's streams.
  package var signer: StreamSigner

  /// The UNIX time of `Instant.start`, in nanoseconds.
  package var wallStart: UInt64 = 0

  /// The key of the name tables. It hides from strangers which names collide.
  package var hashKey: HashKey

  /// The default settings.
  package init(hashKey: HashKey, signer: StreamSigner) {
    self.hashKey = hashKey
    self.signer = signer
  }
}

/// The state machine of one daemon.
package struct Node {
  /// The meter, which counts.
  package internal(set) var meter: Meter
  var effects = EffectBuffer()

  /// The names of namespaces. A name is bound exactly while the meter knows its id.
  package internal(set) var namespaces: NameTable

  /// The viewer ids. An id is bound exactly while the meter knows it.
  package internal(set) var viewers: NameTable

  /// The names of the sources of external counts. A name is bound exactly while the meter has a
  /// count of the source.
  package internal(set) var sources: NameTable

  /// The names of the services of kept messages, and the texts of these. A name is bound exactly
  /// while the meter keeps a message of the service.
  package internal(set) var services: NameTable
  package internal(set) var texts = KeptTexts()

  /// The generation of each open stream's slot, by connection number.
  var generations: ContiguousArray<UInt32> = []

  /// The connection numbers of streams that were refused without an event of the meter. Their close
  /// is not an event of the meter either.
  var refused: Set<UInt32> = []

  /// The viewer id whose holder the event ends that the meter is fed; `.none` if that has none.
  var excluding = ViewerID.none

  /// The count in the answer to the ping that the meter is fed; nil before it answers.
  var pong: UInt64?

  let streamReactors: Int
  var routes = ReactorRoutes()
  var flow: MessageFlow<MessageSender>

  /// The number of messages that the meter was fed.
  package internal(set) var messageCount: UInt64 = 0

  /// The event of the message that the meter is fed.
  var frame: ContiguousArray<UInt8> = []

  /// The membership in a cluster; nil without a cluster.
  package internal(set) var membership: Membership?
  var clusterDirectives = ClusterDirectives()

  /// The state of the carriers, as they report it.
  package var carriers: [CarrierFigures] = []

  /// The ids of streams, and the UNIX time of `Instant.start` in nanoseconds.
  let signer: StreamSigner
  let wallStart: UInt64

  /// The outputs. The caller takes them after each call of a mutating function.
  package var outputs: NodeOutputs

  /// The inputs of the meter; nil if they are not recorded. The caller empties it after each call
  /// of a mutating function.
  package var log: MeterLog?

  /// The counters since the start, for the operator.
  package internal(set) var figures = NodeFigures()

  /// A node that starts at `Instant.start`, in a cluster if there is a membership.
  package init(_ settings: NodeSettings, membership: Membership? = nil) {
    meter = Meter(configuration: settings.configuration)
    namespaces = NameTable(key: settings.hashKey)
    viewers = NameTable(key: settings.hashKey)
    sources = NameTable(key: settings.hashKey)
    services = NameTable(key: settings.hashKey)
    streamReactors = settings.streamReactors
    flow = MessageFlow(reactors: settings.reactors)
    signer = settings.signer
    wallStart = settings.wallStart
    outputs = NodeOutputs(reactors: settings.reactors)
    self.membership = membership
  }

  /// The digest of all effects so far.
  package var digest: Digest { effects.digest }

  /// The instant when `advance` must be called next; `Instant.never` if nothing is due.
  package var nextDeadline: Instant {
    min(meter.nextDeadline ?? .never, membership?.nextDeadline ?? .never)
  }
}

// MARK: - Inputs

extension Node {
  /// Processes the inputs of a reactor. Precondition: instants never decrease, here and in all
  /// other functions that take an instant.
  package mutating func apply(_ batch: InputBatch, at instant: Instant) {
    // The number of inputs that follow and are streams of a response that is refused.
    var refusals = 0
    for (index, input) in batch.inputs.enumerated() {
      advanceMeter(to: instant)
      switch input {
      case .opened(let handle, _, _, _, _) where refusals > 0:
        refusals -= 1
        refuse(handle, .full, on: batch.reactor)
      case .opened(let handle, let namespace, let viewer, let after, let kind):
        open(handle, namespace: namespace, viewer: viewer, after: after, as: kind, of: batch)
      case .grouped(let streams):
        if !hasRoom(for: batch.inputs[index + 1...index + streams], of: batch) {
          refusals = streams
        }
      case .closed(let slot): close(number(slot, batch.reactor))
      case .asked(let handle, let question): process(question, from: handle, of: batch)
      case .acknowledged(let messages):
        for sender in flow.acknowledged(messages, by: batch.reactor) { answer(sender) }
      }
    }
    // The last input may have set a deadline for this very instant, and a capture ends blocks only
    // after all deadlines of their instant.
    advanceMeter(to: instant)
    if meter.openConnections == 0 { generations = [] }
  }

  /// Performs what is due by `instant`. The membership does at most a slice of its work at once;
  /// `nextDeadline` is then the instant of the next slice.
  package mutating func advance(to instant: Instant) {
    advanceMeter(to: instant)
    guard membership != nil else { return }
    membership?.advance(
      to: instant, meter: meter, names: namespaces, into: &clusterDirectives)
    performClusterDirectives()
  }

  /// Fires the deadlines of the meter that are due, and does nothing else. To be called before an
  /// input is processed, so that a name that was found is not retired afterwards.
  package mutating func advanceMeter(to instant: Instant) {
    meter.advance(to: instant, into: &effects)
    performEffects()
  }

  /// Stops the node: the other nodes are sent a goodbye, and the reactors are directed to stop.
  package mutating func stop(at instant: Instant) {
    advanceMeter(to: instant)
    membership?.leave(at: instant, names: namespaces, into: &clusterDirectives)
    performClusterDirectives()
    for reactor in outputs.reactors.indices { outputs[reactor].append(.stop) }
  }

  private mutating func process(
    _ question: Question, from handle: ConnectionHandle, of batch: InputBatch
  ) {
    switch question {
    case .members(let namespace, let viewer, let asJSON):
      if !viewer.isEmpty { excludeHolder(of: batch.bytes.span.extracting(viewer.bounds)) }
      answerMembers(
        of: batch.bytes.span.extracting(namespace.bounds), asJSON: asJSON, to: handle,
        on: batch.reactor)
    case .counts(let names):
      answerCounts(of: batch.bytes.span.extracting(names.bounds), to: handle, on: batch.reactor)
    case .ping(let namespace, let viewer):
      ping(
        batch.bytes.span.extracting(viewer.bounds),
        in: batch.bytes.span.extracting(namespace.bounds), from: handle, on: batch.reactor)
    case .leave(let namespace, let viewer):
      leave(
        batch.bytes.span.extracting(viewer.bounds),
        in: batch.bytes.span.extracting(namespace.bounds), from: handle, on: batch.reactor)
    case .message(let namespace, let text):
      publish(
        batch.bytes.span.extracting(text.bounds),
        to: batch.bytes.span.extracting(namespace.bounds), from: handle, on: batch.reactor)
    case .retain(let namespace, let service, let text):
      retain(
        batch.bytes.span.extracting(text.bounds), of: batch.bytes.span.extracting(service.bounds),
        in: batch.bytes.span.extracting(namespace.bounds), from: handle, on: batch.reactor)
    case .external(let source, let namespace, let members):
      setExternalCount(
        of: batch.bytes.span.extracting(source.bounds),
        in: batch.bytes.span.extracting(namespace.bounds), to: members, for: handle,
        on: batch.reactor)
    case .statistics(let ordinal): answerStatistics(after: ordinal, to: handle, on: batch.reactor)
    case .namespace(let name):
      answerStatistics(
        of: batch.bytes.span.extracting(name.bounds), to: handle, on: batch.reactor)
    case .total(let ordinal, let sum):
      answerTotal(after: ordinal, sum: sum, to: handle, on: batch.reactor)
    case .cluster: answerCluster(to: handle, on: batch.reactor)
    }
  }
}

// MARK: - The meter

extension Node {
  /// Feeds the meter an event without a text, at its present instant.
  mutating func feed(_ event: Event) {
    log?.append(.event(event), at: meter.now)
    meter.apply(event, at: meter.now, into: &effects)
    performEffects()
  }

  /// Binds the name of a namespace to an id. Precondition: it has 1 to 255 bytes.
  mutating func bind(namespace name: Span<UInt8>) -> NamespaceID {
    let count = namespaces.count
    guard let number = namespaces.bind(name) else {
      fatalError("the name of a namespace has \(name.count) bytes")
    }
    let namespace = NamespaceID(number)
    if log != nil, namespaces.count > count, let copy = log?.copy(name) {
      log?.append(.namespaceBound(namespace, name: copy), at: meter.now)
    }
    return namespace
  }

  /// Binds a viewer id. Returns `.none` for an empty one, and for one of more than 256 bytes.
  mutating func bind(viewer name: Span<UInt8>) -> ViewerID {
    let count = viewers.count
    guard !name.isEmpty, let number = viewers.bind(name) else { return .none }
    let viewer = ViewerID(number)
    if log != nil, viewers.count > count, let copy = log?.copy(name) {
      log?.append(.viewerBound(viewer, name: copy), at: meter.now)
    }
    return viewer
  }

  /// Frees the id of a namespace if the meter does not know it.
  mutating func unbindIfUnknown(_ namespace: NamespaceID) {
    if !meter.exists(namespace) { unbind(namespace) }
  }

  mutating func unbind(_ namespace: NamespaceID) {
    namespaces.unbind(namespace.number)
    log?.append(.namespaceUnbound(namespace), at: meter.now)
  }

  /// Reports a viewer id that the meter does not know any more to the membership, and frees it.
  mutating func unbindIfFree(_ viewer: ViewerID) {
    guard viewer != .none, !meter.isKnown(viewer), viewers.isBound(viewer.number) else { return }
    viewerLeft(viewer)
    viewers.unbind(viewer.number)
    log?.append(.viewerUnbound(viewer), at: meter.now)
  }
}
