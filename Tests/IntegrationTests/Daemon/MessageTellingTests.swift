import Glibc
import Testing

/// Whom a message reaches that is still being told: who was there when it was answered (SPEC §2.10).
@Suite struct `A message that is being told` {
  private static let options = [
    "--notify-min-delay", "60", "--notify-max-delay", "120", "--workers", "1", "--enable-uuid",
  ]

  /// Enough for several slices of a pass.
  private func crowd(of daemon: RunningDaemon) throws -> [EventStream] {
    try (0..<1000).map { try EventStream("/ns/viewer\($0)", of: daemon) }
  }

  @Test func `is told to all, though the daemon stops at once`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let streams = try crowd(of: daemon)
    for text in ["1-0", "2-0"] {
      #expect(try daemon.sendMessage(text, to: "ns") == #"{"connections":1000}"#)
    }
    kill(daemon.process, SIGTERM)
    for stream in streams {
      #expect(try stream.client.readToEnd() == "data: s=1-0\n\ndata: s=2-0\n\n")
    }
    #expect(try daemon.awaitEnd() == 0)
  }

  @Test func `is told to those who are excluded after it, and then they end`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let streams = try crowd(of: daemon)
    #expect(try daemon.sendMessage("1-0", to: "ns") == #"{"connections":1000}"#)
    // The oldest are told last.
    let newcomers = try (0..<50).map { try EventStream("/ns/viewer\($0)", of: daemon) }
    for stream in streams.prefix(50) {
      #expect(try stream.client.readToEnd() == "data: s=1-0\n\nretry: -1\n\n")
    }
    #expect(try daemon.sendMessage("2-0", to: "ns") == #"{"connections":1000}"#)
    for newcomer in newcomers { #expect(try newcomer.next().data == "s=2-0") }
    for stream in streams.dropFirst(50) {
      #expect(try [stream.next().data, stream.next().data] == ["s=1-0", "s=2-0"])
    }
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `is told to nobody who comes after it`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let streams = try crowd(of: daemon)
    var newcomers: [EventStream] = []
    for round in 0..<10 {
      for text in 0..<4 { try daemon.sendMessage("\(round)-\(text)", to: "ns") }
      newcomers.append(try EventStream("/ns/newcomer\(round)", of: daemon))
      // Who leaves meanwhile leaves the others theirs.
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
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }

  @Test func `is told to who is behind and ends, with its end`() throws {
    let daemon = try RunningDaemon.start(Self.options)
    let slow = try EventStream("/ns/me", of: daemon, receiveBuffer: 2048)
    let text = String(repeating: "m", count: 8000)
    for _ in 0..<8 { try daemon.sendMessage(text, to: "ns") }
    let newcomer = try EventStream("/ns/me", of: daemon)
    for _ in 0..<8 { #expect(try slow.next().data == "s=\(text)") }
    #expect(try slow.client.readToEnd() == "retry: -1\n\n")
    #expect(newcomer.client.takeWhatCame() == "")
    #expect(try daemon.stop(by: SIGTERM) == 0)
  }
}
