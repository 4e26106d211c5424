// What the auditor keeps of each stream, viewer and namespace. A viewer without a viewer id has one
// stream at a time, so its state is in the entry of that stream.

extension Auditor {
  /// The state of a connection; 24 bytes.
  struct Entry {
    enum Phase: UInt32 {
      /// Unknown. Can become any other but `dismissed` by an open, and that by a refusal.
      case absent
      /// Ended, cut or refused; its close is awaited. Can become any other.
      case dismissed
      /// Open, without a viewer. Can become `absent` or `dismissed`.
      case observer
      /// Open; another node may count its viewer still. Can become any but `observer` and `named`.
      case arriving
      /// Open; its viewer has no id and is not counted. Can become `member`, `absent` or
      /// `dismissed`.
      case pending
      /// Open; its viewer has no id and is counted. Can become `absent` or `dismissed`.
      case member
      /// Open; its viewer is in `viewers`. Can become `absent` or `dismissed`.
      case named
    }

    var opened = Instant.start

    /// When the viewer came; that of a named one is in `viewers`.
    var since = Instant.start
    var ordinal = ConnectionOrdinal.none
    private var word: UInt32 = 0

    var namespace: Int {
      get { Int(word & 0x1FFF_FFFF) }
      set { word = word & 0xE000_0000 | UInt32(newValue) }
    }
    var phase: Phase {
      get { Phase(rawValue: word >> 29) ?? .absent }
      set { word = word & 0x1FFF_FFFF | newValue.rawValue << 29 }
    }
    var isOpen: Bool { phase != .absent && phase != .dismissed }
  }

  /// The name of a viewer: its id and its namespace or, without an id, its last stream.
  struct ViewerKey: Hashable {
    let viewer: ViewerID

    /// The number of the namespace, or the ordinal of the stream.
    let number: UInt32

    init(_ viewer: ViewerID, in namespace: UInt32) {
      self.viewer = viewer
      number = namespace
    }

    init(_ stream: ConnectionOrdinal) {
      viewer = .none
      number = stream.number
    }

    /// The namespace of a viewer with an id.
    var namespace: Int { Int(number) }
  }

  /// A viewer with a viewer id in one namespace.
  struct Viewer {
    let since: Instant
    var isMember = false
    var streams: UInt32 = 0

    /// The place of the stream that opened last.
    var stream: UInt32 = .max

    /// The newest connection that was excluded for the id.
    var remembered = ConnectionOrdinal.none
    var pingedAt: Instant?

    /// Whether the viewer left and came back while a connection was remembered for it, and whether
    /// the id came from another namespace with what is remembered.
    var isReturn = false
    var hasMoved = false
  }

  /// A viewer who is counted although its streams are gone.
  struct Departure {
    let namespace: Int
    let since: Instant
    let until: Instant
    let isReturning: Bool
  }

  /// The state of a namespace.
  struct Audience {
    var exists = false
    var open: UInt32 = 0

    /// The observers among the open streams.
    var observers: UInt32 = 0

    /// The viewers on this node, and those of them who are counted.
    var viewers: UInt32 = 0
    var counted: UInt32 = 0
    var remote: UInt128 = 0
    var external: UInt128 = 0

    /// The sources with a count.
    var sources = 0
    var told: UInt64 = 0
    var toldAt = Instant.start
    var lowestGreeted: UInt64 = 0
    var highestGreeted: UInt64 = 0
    /// The instant of the last change of the members, or of an event that may have changed them.
    var changedAt = Instant.start
    /// The instant since which there is no audience; nil if there is one.
    var vacantSince: Instant?

    /// The members at the last settled instant, and when they became so many.
    var settledMembers: UInt64 = 0
    var settledAt = Instant.start

    /// The largest settled members, and when they were first reached.
    var peak: UInt64 = 0
    var peakAt = Instant.start

    /// The sum of the settled members over the time until `settledAt`, in nanoseconds.
    var memberTime: UInt128 = 0

    var members: UInt64 {
      UInt64(min(UInt128(counted) + remote + external, UInt128(Int64.max)))
    }

    /// Whether notifications have a receiver and something to say (§2 rule 4).
    var isTold: Bool { open > 0 && (members > 0 || observers > 0) }

    var isVacant: Bool { open == 0 && viewers == 0 && members == 0 }
  }

  /// A node's last report of a namespace, or a source's.
  struct Report {
    var members: UInt64
    var at: Instant
  }

  struct StreamEntry {
    let since: Instant
    let connection: UInt32
    let ordinal: ConnectionOrdinal
  }

  struct ViewerEntry {
    let since: Instant
    let key: ViewerKey
  }

  struct AudienceEntry {
    let since: Instant
    let namespace: Int
  }

  struct ReportEntry {
    let since: Instant
    let key: UInt64
  }
}

extension Auditor.Audience {
  /// The sum of the settled members over the time until `now`, in nanoseconds.
  func memberTime(until now: Instant) -> UInt128 {
    memberTime + UInt128(settledMembers) * UInt128((now - settledAt).nanoseconds)
  }
}
