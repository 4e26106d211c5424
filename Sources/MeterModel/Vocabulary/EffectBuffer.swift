// The buffer that receives effects. The caller owns and empties it. It keeps a running digest of
// every effect that was ever appended, so each run has a digest at no further cost.

/// A buffer of effects in their order, with their digest.
package struct EffectBuffer {
  /// The effects since the buffer was last emptied.
  package private(set) var effects: ContiguousArray<Effect> = []

  /// The viewer ids for which nothing is remembered any more, because a deadline passed since the
  /// buffer was last emptied. The caller may bind their numbers to other texts. They are not part
  /// of the digest.
  package private(set) var forgottenViewers: ContiguousArray<ViewerID> = []

  /// The sources that have no count any more since the buffer was last emptied. The caller may bind
  /// their numbers to other names. They are not part of the digest.
  package private(set) var forgottenSources: ContiguousArray<SourceID> = []

  /// The digest of all effects so far, including those that were removed.
  package private(set) var digest = Digest()

  /// An empty buffer.
  package init() {}

  /// A buffer whose digest continues that of another.
  package init(resuming digest: Digest) {
    self.digest = digest
  }

  /// Removes the effects and keeps the digest. O(1) if the storage is kept.
  package mutating func removeAll() {
    effects.removeAll(keepingCapacity: effects.capacity <= 8192)
    if !forgottenViewers.isEmpty { forgottenViewers = [] }
    if !forgottenSources.isEmpty { forgottenSources = [] }
  }

  /// Whether the buffer holds nothing.
  package var isEmpty: Bool {
    effects.isEmpty && forgottenViewers.isEmpty && forgottenSources.isEmpty
  }

  /// Adds a viewer id for which nothing is remembered any more.
  mutating func forget(_ viewer: ViewerID) {
    forgottenViewers.append(viewer)
  }

  /// Adds a source that has no count any more.
  mutating func forget(_ source: SourceID) {
    forgottenSources.append(source)
  }

  /// Appends an effect. `connection` and `namespace` are the ordinals of its subjects (0: none).
  /// Ordinals are used instead of ids because the node chooses the ids. Equal histories thus have
  /// equal digests.
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
  /// The kind and the reason as one number. It is part of the digest, so it never changes.
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
    case .reject(.external): 0x36
    case .reject(.ping): 0x37
    case .reject(.leave): 0x38
    case .reject(.retain): 0x39
    case .send: 5
    case .pong: 6
    }
  }

  /// The number in the effect; 0 if there is none.
  fileprivate var digestValue: UInt64 {
    switch self {
    case .greet(_, _, _, let count), .notify(_, let count), .pong(_, _, let count): count
    case .message(_, let message), .send(_, _, let message): message.number
    case .end, .retire, .refuse, .reject: 0
    }
  }
}
