import Glibc
import Testing

/// Streams whose client does not read, or reads slowly (§4).
@Suite struct `A slow reader` {
  private static let options = [
    "--notify-min-delay", "0", "--notify-max-delay", "3600", "--notify-delta-ratio", "0",
    "--workers", "1",
  ]

  /// Sends messages of 8,000 bytes: nine fill the buffers of the kernel between the daemon and a
  /// client that does not read, so that the rest waits in the daemon's backlog.
  private func fill(_ namespace: String, of daemon: RunningDaemon, messages: Int) throws {
    let client = try RawClient(port: daemon.messages)
    let text = String(repeating: "m", count: 8000)
    for _ in 0..<messages {
      try client.send(request("POST /\(namespace)/s", "Content-Length: 8000") + text)
      #expect(try client.readAnswer().status == 200)
    }
  }

  @Test(arguments: ["HTTP/1.0", "HTTP/1.1"])
  func `a slow reader gets the rest of a frame and then only the newest count`(
    version: String
  ) throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns \(version)", of: daemon, receiveBuffer: 2048)
    try fill("ns", of: daemon, messages: 9)
    var others: [EventStream] = []
    for count in 2...60 {
      others.append(try EventStream("/ns", of: daemon))
      // The daemon has counted one before the next one comes.
      if count > 2 { try others[0].read(untilCount: count) }
    }
    let events = try slow.read(untilCount: 60)
    for event in events.dropLast() {
      #expect(
        event.count == nil && event.lines == ["data: s=" + String(repeating: "m", count: 8000)])
    }
    #expect(events.count == 10)
    // It is an ordinary stream again.
    others.removeLast().client.close()
    #expect(try slow.next().lines == ["data: 59"])
    try daemon.stop()
  }

  @Test func `a stream with more than 64 KB of unsent messages is closed and delays no other`()
    throws
  {
    let daemon = try RunningDaemon.start(Self.options)
    let reader = try EventStream("/ns", of: daemon)
    let slow = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
    try reader.read(untilCount: 2)
    var messages = 0
    while try daemon.count("ns") == 2, messages < 100 {
      try fill("ns", of: daemon, messages: 1)
      messages += 1
      #expect(try reader.next(within: Deadline.prompt).data != nil)
    }
    // 64 KB in the daemon, and what the buffers of the two sockets hold.
    #expect(messages > 8 && messages < 30)
    try reader.read(untilCount: 1)
    let rest = try slow.client.readToEnd()
    #expect(rest.utf8.count < messages * 8010)
    #expect(try daemon.residentMegabytes < 40)
    try daemon.stop()
  }

  @Test(arguments: ["HTTP/1.0", "HTTP/1.1"])
  func `a message of the largest size reaches a slow reader whole, before the newest count`(
    version: String
  ) throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns \(version)", of: daemon, receiveBuffer: 2048)
    // Each line feed becomes seven bytes, and there are ten bytes around the text: 65,536 in all.
    let text = String(repeating: "\n", count: 9360) + "123456"
    #expect(try daemon.sendMessage(text, to: "ns") == #"{"connections":1}"#)
    let other = try EventStream("/ns", of: daemon)
    #expect(other.greeting.count == 2)
    #expect(try slow.next().data == "s=\(text)")
    #expect(try slow.next().lines == ["data: 2"])
    try daemon.stop()
    #expect(try slow.client.readToEnd() == "")
    #expect(slow.client.hasWholeBody == (version == "HTTP/1.1" ? true : nil))
  }

  /// A stream that does not read, beside one that has read all nine messages that fill the buffers.
  private func stuckStream(
    of daemon: RunningDaemon
  ) throws -> (stuck: EventStream, witness: EventStream) {
    let witness = try EventStream("/ns", of: daemon)
    let stuck = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
    for stream in [witness, stuck] { try stream.read(untilCount: 2) }
    try fill("ns", of: daemon, messages: 9)
    for _ in 0..<9 { #expect(try witness.next().data?.utf8.count == 8002) }
    return (stuck, witness)
  }

  @Test func `a stream that is not read for 30 s is closed and no longer counted`() async throws {
    let daemon = try RunningDaemon.start(Self.options)
    let started = ContinuousClock.now
    let (stuck, witness) = try stuckStream(of: daemon)
    _ = try await onNewThread { [client = witness.client] in
      try client.read(through: "data: 1\n\n", within: 30 + Deadline.timeout)
    }
    #expect(started.duration(to: .now) > .milliseconds(29_900))
    #expect(try daemon.count("ns") == 1)
    withExtendedLifetime(stuck) {}
    try daemon.stop()
  }

  @Test func `a stream that is read while the daemon is held up for 30 s stays`() async throws {
    // Two daemons with the same timeouts: the end of a stream at the second tells when the one at
    // the first, which stopped reading before, is overdue.
    let daemon = try RunningDaemon.start(Self.options)
    let clock = try RunningDaemon.start(Self.options)
    let (slow, witness) = try daemon.suspend(within: 30) { try stuckStream(of: daemon) }
    let (stuck, end) = try stuckStream(of: clock)
    var text = try await onNewThread { [slow = slow.client, end = end.client] in
      var text = ""
      try eventually("the end of 30 s", within: 30 + Deadline.timeout) {
        text += slow.takeReceived()
        return end.hasReceived(through: "data: 1\n\n")
      }
      return text
    }
    daemon.resume()
    while text.utf8.count < 9 * 8010 { text += try slow.client.read(through: "\n\n") }
    let event = "data: s=" + String(repeating: "m", count: 8000) + "\n\n"
    #expect(text == String(repeating: event, count: 9))
    #expect(try daemon.count("ns") == 2)
    withExtendedLifetime((witness, stuck)) {}
    try daemon.stop()
    try clock.stop()
  }

  @Test func `a stream that is read a little at a time stays`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns", of: daemon, receiveBuffer: 2048)
    for _ in 0..<10 {
      try fill("ns", of: daemon, messages: 4)
      for _ in 0..<4 { #expect(try slow.next().data?.utf8.count == 8002) }
    }
    #expect(try daemon.count("ns") == 1)
    try daemon.stop()
  }
}
