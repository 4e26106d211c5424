// A response that observes several namespaces is as many streams of the meter (§2 rule 12), which
// are opened together or not at all.

extension Node {
  /// Whether the streams of one response fit the limits of the meter. O(streams)
  mutating func hasRoom(for streams: ArraySlice<NodeInput>, of batch: InputBatch) -> Bool {
    let limits = meter.configuration
    let connections = UInt64(meter.openConnections) + UInt64(streams.count)
    guard connections <= UInt64(limits.maximumConnections) else {
      figures.refusedByConnections += 1
      return false
    }
    var newcomers = 0
    for input in streams {
      guard case .opened(_, let namespace, _, _, _) = input else {
        fatalError("an input that opens no stream")
      }
      let name = batch.bytes.span.extracting(namespace.bounds)
      if namespaces.find(name) == nil { newcomers += 1 }
    }
    // A namespace that exists has its name bound, and no other.
    guard namespaces.count + newcomers <= Int(limits.maximumNamespaces) || newcomers == 0 else {
      figures.refusedByNamespaces += 1
      return false
    }
    return true
  }

  /// Answers with the members of several namespaces, as JSON; unavailable if the node is full.
  mutating func answerCounts(
    of names: Span<UInt8>, to handle: ConnectionHandle, on reactor: Int
  ) {
    guard meter.openConnections < meter.configuration.maximumConnections else {
      outputs[reactor].append(.answer(handle, .failed(.unavailable)))
      return
    }
    var json = JSONWriter()
    json.beginObject()
    var start = 0
    while let end = names.firstIndex(of: ASCII.lineFeed, in: start..<names.count) {
      let name = names.extracting(start..<end)
      json.name(name)
      json.write(namespaces.find(name).map { meter.members(of: NamespaceID($0)) } ?? 0)
      start = end + 1
    }
    json.endObject()
    answer(handle, on: reactor, .json) { $0.append(json.bytes.span) }
  }
}
