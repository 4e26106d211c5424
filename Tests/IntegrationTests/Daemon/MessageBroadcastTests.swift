import Glibc
import Testing

/// The streams that a message reaches whose broadcast still goes on: those that were open when it
/// was answered (§2 rule 13).
@Suite struct `A message that is being broadcast` {
  private static let options = [
    "--notify-min-delay", "60", "--notify-max-delay", "120", "--workers", "1", "--enable-uuid",
  ]

  /// So many streams that a broadcast takes several slices.
  private func crowd(of daemon: RunningDaemon) throws -> [EventStream] {
    try (0..<1000).map { try EventStream("/ns/viewer\($0)", of: daemon) }
  }

  @Test func `a message reaches every stream though the daemon stops at once`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let streams = try crowd(of: daemon)
    for text in ["1-0", "2-0"] {
      #expect(try daemon.sendMessage(text, to: "ns") == #"{"connections":1000}"#)
    }
    daemon.signal(SIGTERM)
    for stream in streams {
      #expect(try stream.client.readToEnd() == "data: s=1-0\n\ndata: s=2-0\n\n")
    }
    #expect(try daemon.awaitEnd() == 0)
  }

  @Test func `a message reaches the streams that are excluded after it, and then they end`() throws
  {
    let daemon = try RunningDaemon.start(Self.options)
    let streams = try crowd(of: daemon)
    #expect(try daemon.sendMessage("1-0", to: "ns") == #"{"connections":1000}"#)
    // The oldest streams get it last.
    let newcomers = try (0..<50).map { try EventStream("/ns/viewer\($0)", of: daemon) }
    for stream in streams.prefix(50) {
      #expect(try stream.client.readToEnd() == "data: s=1-0\n\nretry: -1\n\n")
    }
    #expect(try daemon.sendMessage("2-0", to: "ns") == #"{"connections":1000}"#)
    for newcomer in newcomers { #expect(try newcomer.next().data == "s=2-0") }
    for stream in streams.dropFirst(50) {
      #expect(try [stream.next().data, stream.next().data] == ["s=1-0", "s=2-0"])
    }
    try daemon.stop()
  }

  @Test func `a message reaches no stream that opens after it`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let streams = try crowd(of: daemon)
    var newcomers: [EventStream] = []
    for round in 0..<10 {
      for text in 0..<4 { try daemon.sendMessage("\(round)-\(text)", to: "ns") }
      newcomers.append(try EventStream("/ns/newcomer\(round)", of: daemon))
      // A stream that ends meanwhile takes nothing from the others.
      streams[990 + round].client.close()
    }
    for (index, newcomer) in newcomers.enumerated() {
      for round in index + 1..<10 {
        for text in 0..<4 { #expect(try newcomer.next().data == "s=\(round)-\(text)") }
      }
    }
    for stream in streams.prefix(990) {
      for round in 0..<10 {
        for text in 0..<4 { #expect(try stream.next().data == "s=\(round)-\(text)") }
      }
    }
    try daemon.stop()
  }

  @Test func `a message reaches a stream that is behind and ends, before its end`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns/me", of: daemon, receiveBuffer: 2048)
    let text = String(repeating: "m", count: 8000)
    for _ in 0..<8 { try daemon.sendMessage(text, to: "ns") }
    let newcomer = try EventStream("/ns/me", of: daemon)
    for _ in 0..<8 { #expect(try slow.next().data == "s=\(text)") }
    #expect(try slow.client.readToEnd() == "retry: -1\n\n")
    // What the newcomer got by mistake came before its own message.
    try daemon.sendMessage("own", to: "ns")
    #expect(try newcomer.next().data == "s=own")
    try daemon.stop()
  }
}
