// The inputs of a node's meter, in order, for the capture and for tests.

/// One entry of a meter's log.
package enum MeterLogEntry: Equatable, Sendable {
  /// A name was bound to an id, or the id became free.
  case namespaceBound(NamespaceID, name: ByteRange)
  case namespaceUnbound(NamespaceID)
  case viewerBound(ViewerID, name: ByteRange)
  case viewerUnbound(ViewerID)
  case sourceBound(SourceID, name: ByteRange)
  case sourceUnbound(SourceID)
  case serviceBound(ServiceID, name: ByteRange)
  case serviceUnbound(ServiceID)

  /// The meter was fed an event that is not a message.
  case event(Event)

  /// The meter was fed a message.
  case message(NamespaceID, MessageID, text: ByteRange)

  /// The meter was fed a message that a service keeps.
  case retained(NamespaceID, ServiceID, MessageID, text: ByteRange)

  /// The meter had an effect. Only in a log that includes effects.
  case effect(Effect)
}

/// The entries since the log was emptied, and the bytes to which their ranges refer.
package struct MeterLog: Sendable {
  /// The entries, each with its instant.
  package private(set) var entries: ContiguousArray<(instant: Instant, entry: MeterLogEntry)> = []

  /// The bytes to which the ranges of the entries refer.
  package private(set) var bytes: ContiguousArray<UInt8> = []

  /// Whether the log includes effects.
  let includesEffects: Bool

  /// An empty log.
  package init(includesEffects: Bool = false) {
    self.includesEffects = includesEffects
  }

  /// Removes the entries. Storage of a usual size is kept.
  package mutating func removeAll() {
    entries.removeAll(keepingCapacity: entries.capacity <= 8192)
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 18)
  }

  mutating func append(_ entry: MeterLogEntry, at instant: Instant) {
    entries.append((instant, entry))
  }

  /// Copies bytes into the log. Returns their range.
  mutating func copy(_ text: Span<UInt8>) -> ByteRange { bytes.appendText(text) }
}
