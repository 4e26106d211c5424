// The query of a target. Only the fields that are named here mean anything (§4).

/// The fields of a query, which stand between `&`.
struct QueryFields {
  /// A field. `value` is nil for a name without `=`.
  struct Field {
    let name: Range<Int>
    let value: Range<Int>?
  }

  private var position: Int
  private let end: Int

  /// The fields of the query of a request.
  init(_ head: RequestHead) {
    position = head.path.bounds.upperBound + 1
    end = head.target.bounds.upperBound
  }

  /// The next field, which may be empty; nil after the last. O(field)
  mutating func next(in bytes: Span<UInt8>) -> Field? {
    guard position <= end else { return nil }
    let start = position
    let fieldEnd = bytes.firstIndex(of: UInt8(ascii: "&"), in: start..<end) ?? end
    position = fieldEnd + 1
    guard let equals = bytes.firstIndex(of: ASCII.equals, in: start..<fieldEnd) else {
      return Field(name: start..<fieldEnd, value: nil)
    }
    return Field(name: start..<equals, value: equals + 1..<fieldEnd)
  }
}

extension RequestHead {
  /// The id of the client's former stream: the value of `Last-Event-ID`, or without that field the
  /// first `lastEventId` or `last_event_id` of the query, verbatim; empty for none. Clients that
  /// cannot set the field send it in the query. O(query)
  package func formerStream(in bytes: Span<UInt8>) -> ByteRange {
    if lastEventID != .none { return lastEventID }
    return queryField(in: bytes) { name in
      bytes.equals("lastEventId", in: name) || bytes.equals("last_event_id", in: name)
    }
  }

  /// The value of the first field of the query with a name, verbatim; empty for none. O(query)
  package func queryField(_ name: String, in bytes: Span<UInt8>) -> ByteRange {
    queryField(in: bytes) { bytes.equals(name, in: $0) }
  }

  /// Whether the query has a field with a name, with or without a value. O(query)
  package func hasQueryField(_ name: String, in bytes: Span<UInt8>) -> Bool {
    var fields = QueryFields(self)
    while let field = fields.next(in: bytes) {
      if bytes.equals(name, in: field.name) { return true }
    }
    return false
  }

  private func queryField(
    in bytes: Span<UInt8>, where isRight: (Range<Int>) -> Bool
  ) -> ByteRange {
    var fields = QueryFields(self)
    while let field = fields.next(in: bytes) {
      if let value = field.value, isRight(field.name) { return ByteRange(value) }
    }
    return .none
  }
}
