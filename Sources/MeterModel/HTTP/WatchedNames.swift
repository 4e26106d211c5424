// The namespaces that one stream observes: `/?watch=<namespace>&watch=<namespace>…` (§4).

/// The names in the query of a request for a stream that observes several namespaces.
package struct WatchedNames: Sendable {
  /// The names, each once, in the order in which they were first given.
  package private(set) var names: ContiguousArray<ByteRange> = []

  /// The maximum number of names.
  package static let maximum = 100

  /// The names in a query. Fails for an empty name, for one that is too long, and for too many.
  /// O(fields × names)
  package init(_ head: RequestHead, in bytes: Span<UInt8>) throws(RequestFailure) {
    var fields = QueryFields(head)
    while let field = fields.next(in: bytes) {
      guard bytes.equals("watch", in: field.name) else { continue }
      guard let name = field.value, !name.isEmpty else { throw .badRequest }
      guard name.count <= AudienceRoute.maximumNamespace else { throw .targetTooLong }
      let text = bytes.extracting(name)
      let isKnown = names.contains { bytes.extracting($0.bounds).isEqual(to: text) }
      if !isKnown { names.append(ByteRange(name)) }
      guard names.count <= Self.maximum else { throw .targetTooLong }
    }
  }
}
