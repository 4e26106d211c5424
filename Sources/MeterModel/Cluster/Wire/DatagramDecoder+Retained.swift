// The keys of retained messages.

extension DatagramDecoder {
  mutating func readTexts(_ bytes: Span<UInt8>) throws(DatagramFault) {
    for _ in 0..<(try list(bytes, of: 6)) {
      let namespace = ByteRange(try visibleText(bytes, of: 1...255))
      let service = ByteRange(try visibleText(bytes, of: 1...255))
      let time = try number(bytes, from: 0)
      let part = try number(bytes, from: 0)
      let parts = try number(bytes, from: 1)
      guard part < parts, parts <= ClusterDatagram.partsLimit else { throw .badKey }
      datagram.texts.append(
        ClusterDatagram.Text(
          namespace: namespace, service: service, time: time, part: Int(part), parts: Int(parts),
          text: ByteRange(try text(bytes, of: 0...ClusterDatagram.lengthLimit))))
    }
  }

  mutating func readKept(_ bytes: Span<UInt8>) throws(DatagramFault) {
    for _ in 0..<(try list(bytes, of: 4)) {
      datagram.kept.append(
        ClusterDatagram.Kept(
          namespace: ByteRange(try visibleText(bytes, of: 1...255)),
          service: ByteRange(try visibleText(bytes, of: 1...255)),
          time: try number(bytes, from: 0), check: try number(bytes, from: 0)))
    }
  }

  mutating func readWanted(_ bytes: Span<UInt8>) throws(DatagramFault) {
    for _ in 0..<(try list(bytes, of: 3)) {
      guard case .raw(let range) = try reader.next(bytes),
        let session = SessionID(bytes.extracting(range))
      else { throw .badKey }
      datagram.wanted.append(
        ClusterDatagram.Wanted(
          session: session, namespace: ByteRange(try visibleText(bytes, of: 1...255)),
          service: ByteRange(try visibleText(bytes, of: 1...255))))
    }
  }
}
