// The fuzz target datagram: any bytes are a datagram or a fault, a datagram can be written and read
// again, and replies of Redis have the same values in any pieces. It is compiled together with the
// sources of the model by .ci/fuzz and is not part of the package.

/// The entry point for libFuzzer. With the highest bit of the first byte the rest are replies of
/// Redis, otherwise a datagram. The first byte is the seed of the split.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  if start[0] & 0x80 == 0 {
    fuzzDatagram(bytes)
  } else {
    fuzzReplies(bytes, seed: start[0])
  }
  return 0
}

private func fuzzDatagram(_ bytes: [UInt8]) {
  guard case .success(let datagram) = ClusterDatagram.decode(bytes.span) else { return }
  if let start = datagram.macStart {
    guard start + 32 == bytes.count else { fatalError("a code before the end") }
    guard let secret = ClusterSecret([1].span) else { fatalError("a secret of a byte") }
    guard !secret.authenticates(bytes.span, macStart: start) else { fatalError("a guessed code") }
  }
  let again = written(datagram, bytes)
  guard case .success(let copy) = ClusterDatagram.decode(again.span) else {
    fatalError("the copy cannot be read")
  }
  guard contents(copy, again) == contents(datagram, bytes) else {
    fatalError("the copy has other contents")
  }
  guard written(copy, again) == again else { fatalError("the copy is written with other bytes") }
}

/// The datagram, written again. Flags are written only with a sequence number.
private func written(_ datagram: ClusterDatagram, _ bytes: [UInt8]) -> [UInt8] {
  var encoder = DatagramEncoder(
    session: datagram.session, limit: ClusterDatagram.lengthLimit, secret: nil)
  if let sequence = datagram.sequence, let round = datagram.round, let wall = datagram.wall {
    var flags: DatagramEncoder.Flags = []
    if datagram.isFull { flags.insert(.full) }
    if datagram.isGoodbye { flags.insert(.goodbye) }
    if datagram.asked == [] { flags.insert(.asksEverybody) }
    encoder.begin(sequence: sequence, round: round, wall: wall, flags: flags)
  }
  var fits = true
  func span(_ range: ByteRange) -> [UInt8] { Array(bytes[range.bounds]) }
  for count in datagram.counts {
    fits =
      encoder.append(
        count: span(count.name).span, members: count.members, connections: count.connections)
      && fits
  }
  for session in datagram.asked ?? [] { fits = encoder.append(asked: session) && fits }
  for message in datagram.messages {
    fits =
      encoder.append(
        message: message.number, part: message.part, of: message.parts,
        to: span(message.namespace).span, text: span(message.text).span) && fits
  }
  for exclusion in datagram.exclusions {
    fits =
      encoder.append(
        exclusion: exclusion.number, viewer: span(exclusion.viewer).span, stamp: exclusion.stamp)
      && fits
  }
  for held in datagram.held {
    fits =
      encoder.append(
        held: held.number, viewer: span(held.viewer).span, stream: span(held.stream).span) && fits
  }
  for text in datagram.texts {
    fits =
      encoder.append(
        text: span(text.text).span, part: text.part, of: text.parts, time: text.time,
        of: span(text.service).span, in: span(text.namespace).span) && fits
  }
  for kept in datagram.kept {
    fits =
      encoder.append(
        kept: span(kept.namespace).span, span(kept.service).span, time: kept.time,
        check: kept.check) && fits
  }
  for wanted in datagram.wanted {
    fits =
      encoder.append(
        wanted: wanted.session, span(wanted.namespace).span, span(wanted.service).span) && fits
  }
  guard fits else { fatalError("the shortest form is longer") }
  var output: ContiguousArray<UInt8> = []
  encoder.finish(into: &output)
  return Array(output)
}

/// The contents of a datagram as text.
private func contents(_ datagram: ClusterDatagram, _ bytes: [UInt8]) -> String {
  func text(_ range: ByteRange) -> String { "\(Array(bytes[range.bounds]))" }
  var contents = "\(datagram.session.text)"
  if let sequence = datagram.sequence, let round = datagram.round, let wall = datagram.wall {
    contents += " \(sequence) \(round) \(wall) \(datagram.isFull) \(datagram.isGoodbye)"
    if datagram.asked == [] { contents += " everybody" }
  }
  for count in datagram.counts {
    guard (1...255).contains(count.name.count), count.members < 1 << 53, count.connections < 1 << 53
    else { fatalError("a count past its limit") }
    contents += " \(text(count.name)) \(count.members) \(count.connections)"
  }
  for session in datagram.asked ?? [] { contents += " ask \(session.text)" }
  for message in datagram.messages {
    contents += " message \(message.number) \(message.part) \(message.parts)"
    contents += " \(text(message.namespace)) \(text(message.text))"
  }
  for exclusion in datagram.exclusions {
    contents += " exclusion \(exclusion.number) \(text(exclusion.viewer)) \(exclusion.stamp)"
  }
  for held in datagram.held {
    contents += " held \(held.number) \(text(held.viewer)) \(text(held.stream))"
  }
  for kept in datagram.texts {
    contents += " keep \(text(kept.namespace)) \(text(kept.service)) \(kept.time)"
    contents += " \(kept.part) \(kept.parts) \(text(kept.text))"
  }
  for kept in datagram.kept {
    contents += " kept \(text(kept.namespace)) \(text(kept.service)) \(kept.time) \(kept.check)"
  }
  for wanted in datagram.wanted {
    contents += " want \(wanted.session.text) \(text(wanted.namespace)) \(text(wanted.service))"
  }
  return contents
}

// MARK: - Replies of Redis

private func fuzzReplies(_ bytes: [UInt8], seed: UInt8) {
  let whole = replies(bytes) { .max }
  var state = UInt64(seed)
  let pieces = replies(bytes) {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return 1 + Int(state >> 60)
  }
  guard whole == pieces else { fatalError("split \(seed): \(pieces) is not \(whole)") }
}

/// Parses one reply after the other; `next` is the number of bytes that arrive next.
private func replies(_ bytes: [UInt8], next: () -> Int) -> [RESPProgress] {
  var outcomes: [RESPProgress] = []
  var parser = RESPParser()
  var start = 0
  var arrived = 0
  while true {
    let progress = parser.parse(bytes.span.extracting(start..<arrived))
    switch progress {
    case .incomplete:
      guard arrived < bytes.count else { return outcomes }
      arrived = next() > bytes.count - arrived ? bytes.count : min(bytes.count, arrived + next())
    case .failed: return outcomes + [progress]
    case .complete(let reply):
      guard reply.length > 0, start + reply.length <= arrived,
        reply.values.count <= RESPParser.elementsLimit + 1
      else { fatalError("a reply past its limit") }
      for value in reply.values where value.bytes.upperBound > reply.length {
        fatalError("a value outside its reply")
      }
      outcomes.append(progress)
      start += reply.length
    }
  }
}
