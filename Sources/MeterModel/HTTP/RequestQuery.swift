// The query of a target. Only the fields that are named here mean anything (§4).

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

  private func queryField(
    in bytes: Span<UInt8>, where isRight: (Range<Int>) -> Bool
  ) -> ByteRange {
    let end = target.bounds.upperBound
    var start = path.bounds.upperBound + 1
    while start < end {
      let fieldEnd = bytes.firstIndex(of: UInt8(ascii: "&"), in: start..<end) ?? end
      if let equals = bytes.firstIndex(of: ASCII.equals, in: start..<fieldEnd),
        isRight(start..<equals)
      {
        return ByteRange(equals + 1..<fieldEnd)
      }
      start = fieldEnd + 1
    }
    return .none
  }
}
