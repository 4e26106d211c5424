// The keys of retained messages.

extension DatagramEncoder {
  /// Appends a retained text, or a part of one (from 0); false if it does not fit. Preconditions:
  /// the names have 1 to 255 visible ASCII bytes, the time is at most 2⁵³ − 1, the part one of at
  /// most 64.
  package mutating func append(
    text: Span<UInt8>, part: Int, of parts: Int, time: UInt64, of service: Span<UInt8>,
    in namespace: Span<UInt8>
  ) -> Bool {
    precondition(
      part >= 0 && part < parts && parts <= ClusterDatagram.partsLimit, "part \(part) of \(parts)")
    let size =
      size(namespace, service) + MessagePackSize.number(time) + MessagePackSize.number(UInt64(part))
      + MessagePackSize.number(UInt64(parts)) + MessagePackSize.raw(text.count)
    guard take(size, elements: 6, .texts, after: texts.elements) else { return false }
    texts.elements += 6
    texts.bytes.append(raw: namespace)
    texts.bytes.append(raw: service)
    texts.bytes.append(packed: checked(time))
    texts.bytes.append(packed: UInt64(part))
    texts.bytes.append(packed: UInt64(parts))
    texts.bytes.append(raw: text)
    return true
  }

  /// Appends the stamp of a retained text that this node has; false if it does not fit.
  /// Preconditions: the names have 1 to 255 visible ASCII bytes, the numbers are at most 2⁵³ − 1.
  package mutating func append(
    kept namespace: Span<UInt8>, _ service: Span<UInt8>, time: UInt64, check: UInt64
  ) -> Bool {
    let size =
      size(namespace, service) + MessagePackSize.number(time) + MessagePackSize.number(check)
    guard take(size, elements: 4, .kept, after: kept.elements) else { return false }
    kept.elements += 4
    kept.bytes.append(raw: namespace)
    kept.bytes.append(raw: service)
    kept.bytes.append(packed: checked(time))
    kept.bytes.append(packed: checked(check))
    return true
  }

  /// Appends a retained text that the node of a session is asked for; false if it does not fit.
  /// Precondition: the names have 1 to 255 visible ASCII bytes.
  package mutating func append(
    wanted session: SessionID, _ namespace: Span<UInt8>, _ service: Span<UInt8>
  ) -> Bool {
    let size = size(namespace, service) + MessagePackSize.raw(SessionID.length)
    guard take(size, elements: 3, .wanted, after: wanted.elements) else { return false }
    wanted.elements += 3
    wanted.bytes.append(rawHead: SessionID.length)
    session.append(into: &wanted.bytes)
    wanted.bytes.append(raw: namespace)
    wanted.bytes.append(raw: service)
    return true
  }

  private func size(_ namespace: Span<UInt8>, _ service: Span<UInt8>) -> Int {
    precondition((1...255).contains(namespace.count), "a name of \(namespace.count) bytes")
    precondition((1...255).contains(service.count), "a name of \(service.count) bytes")
    return MessagePackSize.raw(namespace.count) + MessagePackSize.raw(service.count)
  }
}
