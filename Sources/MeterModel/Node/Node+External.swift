// External counts (§2 rule 11): clients of the message port report what a source outside of the
// cluster counts.

extension Node {
  /// Feeds the meter the count of a source for a namespace, and answers with the members of the
  /// namespace; unavailable if the meter rejects it.
  mutating func setExternalCount(
    of source: Span<UInt8>, in namespace: Span<UInt8>, to members: UInt64,
    for handle: ConnectionHandle, on reactor: Int
  ) {
    guard feedExternal(source, namespace, members: members) else {
      outputs[reactor].append(.answer(handle, .failed(.unavailable)))
      return
    }
    answerMembers(
      namespaces.find(namespace).map { NamespaceID($0) }, asJSON: true, to: handle, on: reactor)
  }

  /// Feeds the meter an external count. Returns whether it is accepted.
  private mutating func feedExternal(
    _ source: Span<UInt8>, _ namespace: Span<UInt8>, members: UInt64
  ) -> Bool {
    // A count of 0 creates no namespace, and forgets nothing of an unknown source.
    if members == 0, namespaces.find(namespace) == nil || sources.find(source) == nil {
      return true
    }
    let rejected = figures.rejectedEvents
    let (source, namespace) = (bind(source: source), bind(namespace: namespace))
    feed(.external(source, namespace, members: members))
    unbindIfUnknown(source)
    unbindIfUnknown(namespace)
    return figures.rejectedEvents == rejected
  }

  /// Binds the name of a source to an id. Precondition: it has 1 to 255 bytes.
  private mutating func bind(source name: Span<UInt8>) -> SourceID {
    let count = sources.count
    guard let number = sources.bind(name) else {
      fatalError("the name of a source has \(name.count) bytes")
    }
    let source = SourceID(number)
    if log != nil, sources.count > count, let copy = log?.copy(name) {
      log?.append(.sourceBound(source, name: copy), at: meter.now)
    }
    return source
  }

  /// Frees the id of a source if the meter has no count of it.
  mutating func unbindIfUnknown(_ source: SourceID) {
    guard !meter.isKnown(source), sources.isBound(source.number) else { return }
    sources.unbind(source.number)
    log?.append(.sourceUnbound(source), at: meter.now)
  }
}
