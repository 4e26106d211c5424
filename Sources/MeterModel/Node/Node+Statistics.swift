// The statistics of all namespaces (§5), in pieces, so that a million of them delay no viewer.

extension Node {
  /// The number of namespaces in one piece.
  private static var pieceOfStatistics: Int { 512 }

  /// Answers with the statistics of the namespaces that were created after the one with this
  /// ordinal. O(piece)
  mutating func answerStatistics(
    after ordinal: UInt64, to handle: ConnectionHandle, on reactor: Int
  ) {
    var json = JSONWriter(continuing: ordinal != 0)
    if ordinal == 0 { json.beginObject() }
    let next = meter.visitNamespaces(
      after: ordinal, limit: Self.pieceOfStatistics
    ) { namespace, figures in
      namespaces.withName(of: namespace.number) { name in
        json.name(name)
        json.statistics(figures) { unixSeconds($0) }
      }
    }
    if next == nil { json.endObject() }
    var answer = Answer()
    answer.body = outputs[reactor].copy(json.bytes.span)
    answer.rest = next.map { .statistics(after: $0) }
    outputs[reactor].append(.answer(handle, answer))
  }

  /// Answers with the statistics of one namespace; not found if it is not known.
  mutating func answerStatistics(
    of name: Span<UInt8>, to handle: ConnectionHandle, on reactor: Int
  ) {
    guard let number = namespaces.find(name),
      let statistics = meter.statistics(of: NamespaceID(number))
    else {
      outputs[reactor].append(.answer(handle, .failed(.notFound)))
      return
    }
    var json = JSONWriter()
    json.statistics(statistics) { unixSeconds($0) }
    answer(handle, on: reactor, .json) { $0.append(json.bytes.span) }
  }

  /// Answers with the members of all namespaces together, or with the question that goes on with
  /// the sum. O(piece)
  mutating func answerTotal(
    after ordinal: UInt64, sum: UInt64, to handle: ConnectionHandle, on reactor: Int
  ) {
    var sum = sum
    let next = meter.visitNamespaces(
      after: ordinal, limit: Self.pieceOfStatistics
    ) { _, figures in
      sum = min(sum + figures.members, Configuration.maximumCount)
    }
    guard let next else {
      answer(handle, on: reactor, .text) {
        $0.append(decimal: sum)
        $0.append(ASCII.lineFeed)
      }
      return
    }
    var answer = Answer()
    answer.rest = .total(after: next, sum: sum)
    outputs[reactor].append(.answer(handle, answer))
  }

  /// The UNIX time of an instant in seconds, rounded down.
  private func unixSeconds(_ instant: Instant) -> UInt64 {
    (wallStart + instant.nanoseconds) / 1_000_000_000
  }
}
