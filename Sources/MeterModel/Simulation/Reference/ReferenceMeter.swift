// The reference that judges the meter. It is naive and follows the sentences of §2, which are
// quoted beside the code. It stores nothing that it can derive, has no queues, and looks at
// everything at each event. Where it and `Meter` differ, one of them is wrong.

/// A slow and simple meter.
package struct ReferenceMeter: MeterProtocol {
  let configuration: Configuration

  /// All namespaces in the order of their creation.
  var namespaces: [Namespace] = []

  /// The connections whose close is awaited: "The close of a stream that the model itself ended or
  /// refused is expected and ignored."
  var awaitedCloses: Set<ConnectionID> = []

  /// The rule that a canary breaks; nil in a reference.
  let fault: MeterFault?

  /// Rule 13: what is kept.
  var kept: [KeptMessage] = []

  var latestOrdinal = ConnectionOrdinal.none
  var namespacesCreated: UInt64 = 0
  var viewersCreated: UInt64 = 0

  var now = Instant.start

  /// The number of moments so far.
  private var moments: UInt64 = 0

  /// A meter without connections and namespaces, at the start of the log.
  package init(configuration: Configuration) {
    self.init(configuration: configuration, fault: nil)
  }

  /// A meter that breaks a rule.
  init(configuration: Configuration, fault: MeterFault?) {
    precondition(configuration.notifyMaxDelay > .zero, "notify-max-delay is at least 1 ms")
    self.configuration = configuration
    self.fault = fault
  }

  package mutating func apply(
    _ event: Event, at instant: Instant, into effects: inout EffectBuffer
  ) {
    advance(to: instant, into: &effects)
    judge(event, into: &effects)
    notifyDueNamespaces(into: &effects)
  }

  package mutating func advance(to instant: Instant, into effects: inout EffectBuffer) {
    precondition(now <= instant, "time never decreases")
    while let deadline = nextDeadline, deadline <= instant {
      now = max(now, deadline)
      fireDeadlines(into: &effects)
    }
    now = instant
  }

  package func statistics(of id: NamespaceID) -> NamespaceStatistics? {
    guard let index = index(of: id) else { return nil }
    let namespace = namespaces[index]
    return NamespaceStatistics(
      created: namespace.created, members: namespace.members,
      connections: namespace.totalConnections, modified: namespace.modified,
      peak: namespace.peak.members, peakAt: namespace.peak.at,
      memberSeconds: namespace.memberSeconds(until: now))
  }

  func index(of id: NamespaceID) -> Int? {
    for index in namespaces.indices where namespaces[index].id == id { return index }
    return nil
  }

  /// A moment at the present instant, after all earlier ones.
  mutating func nextMoment() -> Moment {
    moments += 1
    return Moment(instant: now, order: moments)
  }
}

extension ReferenceMeter {
  /// An instant, and the order among the moments of the same instant.
  struct Moment {
    let instant: Instant
    let order: UInt64
  }

  /// The place of a stream: its namespace, and its place among the open streams there.
  struct StreamPlace {
    let namespace: Int
    let stream: Int
  }

  /// The place of a viewer: its namespace, and its place among the viewers there.
  struct ViewerPlace {
    let namespace: Int
    let viewer: Int
  }

  /// An open stream.
  struct Stream {
    let id: ConnectionID
    let ordinal: ConnectionOrdinal

    /// Rule 7: "A stream is ended (`expired`) at most `max-conn-duration` after its open"; nil if
    /// that is disabled.
    let ends: Instant?
    var audience: Audience
  }

  /// Who is at a stream.
  enum Audience {
    /// The viewer with this number.
    case viewer(UInt64)

    /// "An observer: a stream that is sent counts but is never counted."
    case observer

    /// "Arriving: a stream whose viewer another node may count still." Since the first of the
    /// streams that arrive in one another's place opened.
    case arriving(since: Instant)
  }

  /// A viewer who is there.
  struct Viewer {
    /// The number of the viewer in the order of coming, on this node.
    let number: UInt64

    /// The viewer id; `.none` without one.
    let id: ViewerID

    /// "Age, of a viewer: how long ago its first stream or ping came."
    let came: Instant

    /// Whether the viewer is counted; false while it is pending.
    var isMember: Bool

    /// The moment of the last ping, while that keeps the viewer.
    var ping: Moment?
    var grace: Grace?

    /// Rule 8: "The newest stream that was excluded for it [the id] is remembered."
    var remembered = ConnectionOrdinal.none
  }

  /// What keeps a viewer who is leaving or returning.
  struct Grace {
    let isReturning: Bool
    let given: Moment
    let ends: Instant

    /// The stream whose close gave it.
    let stream: ConnectionOrdinal
  }

  /// A node's last report of a namespace. After it is forgotten, its members are 0 and its
  /// connections stay.
  struct PeerCount {
    let node: NodeID
    var members: UInt64
    var connections: UInt64

    /// The moment of the report; nil after it is forgotten.
    var reported: Moment?
  }

  /// The last count of a source.
  struct ExternalCount {
    let source: SourceID
    let members: UInt64
    let reported: Moment
  }

  struct Namespace {
    let id: NamespaceID

    /// The number of the namespace in the order of creation, from 1.
    let ordinal: UInt64
    let created: Instant

    /// The open streams on this node in the order of opening.
    var streams: [Stream] = []

    /// The viewers who are there on this node, in the order of coming.
    var viewers: [Viewer] = []

    /// The viewers who were ever counted on this node since the namespace was created.
    var counted: UInt64 = 0
    var peers: [PeerCount] = []
    var externals: [ExternalCount] = []
    var told: UInt64 = 0
    var toldAt: Instant

    /// The members at each greeting since told-at.
    var greeted: [UInt64] = []
    var modified: Instant?

    /// The members since the creation, at each instant at which they were judged to have changed.
    var course: [(at: Instant, members: UInt64)] = []

    /// The moment at which the namespace became vacant; nil if it is not vacant.
    var vacant: Moment?

    /// Rule 10: "Totals are local + Σ external + Σ remote, saturating at 2⁶³ − 1."
    var members: UInt64 {
      var total: UInt64 = 0
      for viewer in viewers where viewer.isMember { total += 1 }
      for external in externals { total = saturatedSum(total, external.members) }
      for peer in peers { total = saturatedSum(total, peer.members) }
      return total
    }

    /// Rule 14: "peak (the most members since created …), peak-at (when it was first reached; the
    /// creation while it is 0)."
    var peak: (members: UInt64, at: Instant) {
      var peak = (members: UInt64(0), at: created)
      for step in course where step.members > peak.members { peak = (step.members, step.at) }
      return peak
    }

    /// Rule 14: "member-seconds (the sum over time of members, since created, saturating)."
    func memberSeconds(until now: Instant) -> UInt64 {
      var nanoseconds: UInt128 = 0
      for (index, step) in course.enumerated() {
        let end = index + 1 < course.count ? course[index + 1].at : now
        nanoseconds += UInt128(step.members) * UInt128((end - step.at).nanoseconds)
      }
      return UInt64(min(nanoseconds / 1_000_000_000, UInt128(ReferenceMeter.maximumCount)))
    }

    var totalConnections: UInt64 {
      var total = counted
      for peer in peers { total = saturatedSum(total, peer.connections) }
      return total
    }

    /// Rule 15: "A namespace with no open stream, no viewer and no members (external and remote
    /// ones included) on this node …"
    var isVacant: Bool {
      streams.isEmpty && viewers.isEmpty && members == 0
    }

    var hasObserver: Bool {
      streams.contains { if case .observer = $0.audience { true } else { false } }
    }

    /// Rule 1: "… and is then counted: members +1, connections +1."
    mutating func count(_ viewer: Int) {
      viewers[viewer].isMember = true
      counted += 1
    }

    /// The place of a stream's viewer; nil if it has none.
    func viewer(of stream: Stream) -> Int? {
      guard case .viewer(let number) = stream.audience else { return nil }
      return viewers.firstIndex { $0.number == number }
    }

    /// The place of the viewer with an id, who is there; nil if there is none.
    func viewer(with id: ViewerID) -> Int? {
      id == .none ? nil : viewers.firstIndex { $0.id == id }
    }

    /// The viewer id of a stream; nil for an observer.
    func viewerID(of stream: Stream) -> ViewerID? {
      switch stream.audience {
      case .viewer: viewer(of: stream).map { viewers[$0].id }
      case .arriving: ViewerID.none
      case .observer: nil
      }
    }
  }

  /// The maximum of a count.
  static let maximumCount: UInt64 = 1 << 63 - 1

  /// The sum, at most `maximumCount`. Precondition: both summands are at most `maximumCount`.
  static func saturatedSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    min(left + right, maximumCount)
  }
}
