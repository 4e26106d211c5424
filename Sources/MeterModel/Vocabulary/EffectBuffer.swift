// Where effects go: a buffer that the caller owns and empties, with the running digest of all that ever
// went through it, so that every run has its digest for nothing.

/// Collects effects in order and digests them.
package struct EffectBuffer {
  /// The effects since the buffer was last emptied.
  package private(set) var effects: ContiguousArray<Effect> = []

  /// The digest of all effects so far, those that were emptied out too.
  package private(set) var digest = Digest()

  package init() {}

  /// A buffer whose digest continues another's.
  package init(resuming digest: Digest) {
    self.digest = digest
  }

  /// Forgets the effects and keeps the digest. O(1) when it keeps its storage.
  package mutating func removeAll() {
    effects.removeAll(keepingCapacity: effects.capacity <= 8192)
  }

  /// Appends an effect. `connection` and `namespace` are ordinals that name what it is about whatever
  /// ids the edge chose, so equal histories have equal digests under any numbering (0: none).
  mutating func append(
    _ action: Effect.Action, at instant: Instant,
    connection: ConnectionOrdinal = .none, namespace: UInt64 = 0
  ) {
    effects.append(Effect(instant, action))
    digest.combine(instant.nanoseconds)
    digest.combine(UInt64(connection.number) << 32 | action.digestCode)
    digest.combine(namespace)
    digest.combine(action.digestValue)
  }
}

extension Effect.Action {
  /// The kind and the reason as one number; part of the digest, so it never changes for a released kind.
  fileprivate var digestCode: UInt64 {
    switch self {
    case .greet: 1
    case .notify: 2
    case .message: 3
    case .end(_, let reason): 0x10 | UInt64(reason.rawValue)
    case .retire: 4
    case .refuse(_, let reason): 0x20 | UInt64(reason.rawValue)
    case .reject(.open): 0x31
    case .reject(.close): 0x32
    case .reject(.peerPastLimit): 0x33
    case .reject(.peerOutOfRange): 0x34
    }
  }

  /// The number that the effect carries.
  fileprivate var digestValue: UInt64 {
    switch self {
    case .greet(_, _, _, let count), .notify(_, let count): count
    case .message(_, let message): message.number
    case .end, .retire, .refuse, .reject: 0
    }
  }
}
