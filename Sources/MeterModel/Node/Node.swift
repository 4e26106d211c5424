// A node decides everything: who is counted, who is sent what and when, who is ended, what is forgotten, and
// what the other nodes are told. It is pure: no clock, no sockets, no randomness, no threads. Inputs with
// instants go in, outputs come out, and the same inputs give the same outputs, bit for bit. The daemon's
// thread, the simulator, the bench and the tests drive this type and nothing else.
//
// Around the meter, which counts, are the names of namespaces and viewers, the membership in a cluster, the
// messages with their flow control, and the answers to questions. Each theme has a file.

/// What a node is made with.
package struct NodeSettings: Sendable {
  package var configuration = Configuration()

  /// How many reactors there are, and how many of them, the first ones, have streams. At least 1 each.
  package var reactors = 1
  package var streamReactors = 1

  /// A number that the ids of this run's streams carry; another one for each run.
  package var run: UInt64 = 0

  /// UNIX time of `Instant.start`, in nanoseconds.
  package var wallStart: UInt64 = 0

  /// Hides from strangers which names collide in the tables.
  package var hashKey: HashKey

  package init(hashKey: HashKey) { self.hashKey = hashKey }
}

/// The state machine of one daemon.
package struct Node {
  package internal(set) var meter: Meter
  var effects = EffectBuffer()

  /// The names of namespaces and viewers. A name is bound exactly while the meter knows its id.
  package internal(set) var namespaces: NameTable
  package internal(set) var viewers: NameTable

  /// The generation of each open stream's slot, by connection number.
  var generations: ContiguousArray<UInt32> = []

  /// Streams that were refused without an event of the meter, by connection number: their close is none
  /// either.
  var refused: Set<UInt32> = []

  let streamReactors: Int
  var routes = ReactorRoutes()
  var flow: MessageFlow<MessageSender>

  /// How many messages the meter was fed.
  package internal(set) var messageCount: UInt64 = 0

  /// The event that the message in the meter's hands becomes.
  var frame: ContiguousArray<UInt8> = []

  /// The node among others; nil where there is no cluster.
  package internal(set) var membership: Membership?
  var clusterDirectives = ClusterDirectives()

  /// What the carriers of the cluster's datagrams report of themselves.
  package var carriers: [CarrierFigures] = []

  /// The run that stream ids name.
  let run: UInt64
  let wallStart: UInt64

  /// What is to be done; whoever drives the node takes it after each verb.
  package var outputs: NodeOutputs

  /// What the meter is fed; nil where nobody reads it, and else emptied by its reader after each verb.
  package var log: MeterLog?

  /// What the operator may want to hear of.
  package internal(set) var figures = NodeFigures()

  package init(_ settings: NodeSettings, membership: Membership? = nil) {
    meter = Meter(configuration: settings.configuration)
    namespaces = NameTable(key: settings.hashKey)
    viewers = NameTable(key: settings.hashKey)
    streamReactors = settings.streamReactors
    flow = MessageFlow(reactors: settings.reactors)
    run = settings.run
    wallStart = settings.wallStart
    outputs = NodeOutputs(reactors: settings.reactors)
    self.membership = membership
  }

  /// The digest of all effects so far.
  package var digest: Digest { effects.digest }

  /// When `advance` has something to do next; `Instant.never` if there is nothing.
  package var nextDeadline: Instant {
    min(meter.nextDeadline ?? .never, membership?.nextDeadline ?? .never)
  }
}

// MARK: - Inputs

extension Node {
  /// Takes what a reactor reports. Precondition: instants never decrease, here and in all verbs.
  package mutating func apply(_ batch: InputBatch, at instant: Instant) {
    for input in batch.inputs {
      advanceMeter(to: instant)
      switch input {
      case .opened(let handle, let namespace, let viewer, let after, let lastEventID):
        open(
          handle, namespace: namespace, viewer: viewer, after: after, lastEventID: lastEventID,
          of: batch)
      case .closed(let slot): close(number(slot, batch.reactor))
      case .asked(let handle, let question): take(question, from: handle, of: batch)
      case .acknowledged(let messages):
        for sender in flow.acknowledged(messages, by: batch.reactor) { answer(sender) }
      }
    }
    if meter.openConnections == 0 { generations = [] }
  }

  /// Does what is due by `instant`. The membership does at most a slice of its work at once; `nextDeadline`
  /// says when to go on.
  package mutating func advance(to instant: Instant) {
    advanceMeter(to: instant)
    guard membership != nil else { return }
    membership?.advance(
      to: instant, meter: meter, names: namespaces, into: &clusterDirectives)
    performClusterDirectives()
  }

  /// Fires the meter's deadlines that are due, and nothing else: before an input is looked at, so that a name
  /// that is found cannot be retired under it.
  package mutating func advanceMeter(to instant: Instant) {
    meter.advance(to: instant, into: &effects)
    performEffects()
  }

  /// Ends everything: the other nodes are told goodbye, and the reactors stop.
  package mutating func stop(at instant: Instant) {
    advanceMeter(to: instant)
    membership?.leave(at: instant, into: &clusterDirectives)
    performClusterDirectives()
    for reactor in outputs.reactors.indices { outputs[reactor].append(.stop) }
  }

  private mutating func take(
    _ question: Question, from handle: ConnectionHandle, of batch: InputBatch
  ) {
    switch question {
    case .members(let namespace, let viewer, let asJSON):
      if !viewer.isEmpty { excludeHolder(of: batch.bytes.span.extracting(viewer.bounds)) }
      answerMembers(
        of: batch.bytes.span.extracting(namespace.bounds), asJSON: asJSON, to: handle,
        on: batch.reactor)
    case .message(let namespace, let text):
      publish(
        batch.bytes.span.extracting(text.bounds),
        to: batch.bytes.span.extracting(namespace.bounds), from: handle, on: batch.reactor)
    case .statistics(let ordinal): answerStatistics(after: ordinal, to: handle, on: batch.reactor)
    case .cluster: answerCluster(to: handle, on: batch.reactor)
    }
  }
}

// MARK: - The meter

extension Node {
  /// Feeds the meter an event, which is no message, at its present instant.
  mutating func feed(_ event: Event) {
    log?.append(.event(event), at: meter.now)
    meter.apply(event, at: meter.now, into: &effects)
    performEffects()
  }

  /// Binds a namespace's name. Precondition: it has 1 to 255 bytes.
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

  /// Binds a viewer id; `.none` for an empty one. Precondition: it has at most 256 bytes.
  mutating func bind(viewer name: Span<UInt8>) -> ViewerID {
    let count = viewers.count
    guard !name.isEmpty, let number = viewers.bind(name) else { return .none }
    let viewer = ViewerID(number)
    if log != nil, viewers.count > count, let copy = log?.copy(name) {
      log?.append(.viewerBound(viewer, name: copy), at: meter.now)
    }
    return viewer
  }

  /// Frees a namespace's id if the meter does not know it.
  mutating func unbindIfUnknown(_ namespace: NamespaceID) {
    if !meter.exists(namespace) { unbind(namespace) }
  }

  mutating func unbind(_ namespace: NamespaceID) {
    namespaces.unbind(namespace.number)
    log?.append(.namespaceUnbound(namespace), at: meter.now)
  }

  /// Frees a viewer id that no stream holds any more, and tells the other nodes.
  mutating func unbindIfFree(_ viewer: ViewerID) {
    guard viewer != .none, !meter.isHeld(viewer), viewers.isBound(viewer.number) else { return }
    viewerLeft(viewer)
    viewers.unbind(viewer.number)
    log?.append(.viewerUnbound(viewer), at: meter.now)
  }
}
