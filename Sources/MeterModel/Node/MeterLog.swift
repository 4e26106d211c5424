// What the meter of a node was fed, in order: the capture's input.

/// One entry of a meter's log.
package enum MeterLogEntry: Equatable, Sendable {
  /// A name was bound to an id, or the id is free again.
  case namespaceBound(NamespaceID, name: ByteRange)
  case namespaceUnbound(NamespaceID)
  case viewerBound(ViewerID, name: ByteRange)
  case viewerUnbound(ViewerID)

  /// The meter was fed an event, which is no message.
  case event(Event)

  /// The meter was fed a message.
  case message(NamespaceID, MessageID, text: ByteRange)

  /// The meter decided something. Only in a log that was asked for effects.
  case effect(Effect)
}

/// The entries since the log was last emptied, and the bytes that they name.
package struct MeterLog: Sendable {
  package private(set) var entries: ContiguousArray<(instant: Instant, entry: MeterLogEntry)> = []
  package private(set) var bytes: ContiguousArray<UInt8> = []

  /// Whether effects are kept too.
  let includesEffects: Bool

  package init(includesEffects: Bool = false) {
    self.includesEffects = includesEffects
  }

  /// Forgets the entries and keeps storage of a usual size.
  package mutating func removeAll() {
    entries.removeAll(keepingCapacity: entries.capacity <= 8192)
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 18)
  }

  mutating func append(_ entry: MeterLogEntry, at instant: Instant) {
    entries.append((instant, entry))
  }

  /// Copies bytes. Returns where they lie now.
  mutating func copy(_ text: Span<UInt8>) -> ByteRange { bytes.appendText(text) }
}
