// Pings (§2 rule 9): viewers without a stream, where viewer ids are shared.

extension Node {
  /// Feeds the meter a ping, and answers with the members; unavailable if the meter rejects it.
  mutating func ping(
    _ viewer: Span<UInt8>, in namespace: Span<UInt8>, from handle: ConnectionHandle,
    on reactor: Int
  ) {
    let (namespace, viewer) = (bind(namespace: namespace), bind(viewer: viewer))
    pong = nil
    feed(.pinged(namespace, viewer))
    if let count = pong {
      answerPing(count, to: handle, on: reactor)
    } else {
      outputs[reactor].append(.answer(handle, .failed(.unavailable)))
    }
    unbindIfUnknown(namespace)
    unbindIfFree(viewer)
  }

  /// Feeds the meter that a viewer leaves, and answers with the members. Nothing is created for a
  /// viewer or a namespace that is not known.
  mutating func leave(
    _ viewer: Span<UInt8>, in namespace: Span<UInt8>, from handle: ConnectionHandle,
    on reactor: Int
  ) {
    let known = namespaces.find(namespace).map { NamespaceID($0) }
    if let known, let number = viewers.find(viewer) {
      feed(.left(known, ViewerID(number)))
    }
    let members = known.map { meter.members(of: $0) } ?? 0
    answerPing(members, to: handle, on: reactor)
  }

  /// Answers `{"members":<count>,"ping":<seconds>}`: the next ping should come after a third of the
  /// time for which one is valid.
  private mutating func answerPing(
    _ count: UInt64, to handle: ConnectionHandle, on reactor: Int
  ) {
    let interval = meter.configuration.pingTimeout.nanoseconds / 3_000_000_000
    var json = JSONWriter()
    json.beginObject()
    json.member("members", count)
    json.member("ping", max(interval, 1))
    json.endObject()
    answer(handle, on: reactor, .json) { $0.append(json.bytes.span) }
  }
}
