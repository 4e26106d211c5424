import Glibc
import Testing

/// The ways in which a client goes away, each of which ends its stream (§4).
@Suite struct `A viewer leaves` {
  @Test func `a viewer leaves by a close, by a reset and by a half close`() throws {
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let stays = try EventStream("/ns", of: daemon)
      let ways: [(RawClient) -> Void] = [{ $0.close() }, { $0.reset() }, { $0.finish() }]
      for leave in ways {
        let goes = try EventStream("/ns", of: daemon)
        #expect(goes.greeting.count == 2)
        try stays.read(untilCount: 2)
        leave(goes.client)
        try stays.read(untilCount: 1)
      }
      #expect(try daemon.figures()["ns"]?.members == 1)
      #expect(try daemon.figures()["ns"]?.connections == 4)
    }
  }

  @Test func `a viewer leaves by a half close that comes with its request`() throws {
    try RunningDaemon.serving { daemon in
      let stays = try EventStream("/ns", of: daemon)
      for _ in 0..<20 {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        client.finish()
        _ = try client.readToEnd()
      }
      try daemon.awaitMembers("ns", 1)
      #expect(stays.greeting.count == 1)
    }
  }

  @Test func `a viewer leaves by a close or a reset before its greeting`() throws {
    try RunningDaemon.serving { daemon in
      for index in 0..<200 {
        let client = try RawClient(port: daemon.audience)
        try client.send(request("GET /ns", "Accept: text/event-stream"))
        if index.isMultiple(of: 2) { client.reset() } else { client.close() }
      }
      let stays = try EventStream("/ns", of: daemon)
      try daemon.awaitMembers("ns", 1)
      #expect(try daemon.figures()["ns"]?.members == 1)
      stays.client.close()
      try daemon.awaitMembers("ns", 0)
    }
  }

  @Test func `a half close of a stream is answered with FIN`() throws {
    try RunningDaemon.serving { daemon in
      let stream = try EventStream("/ns", of: daemon)
      stream.client.finish()
      #expect(try stream.client.awaitEnd() == .finished)
    }
  }

  @Test func `a viewer leaves when its process is killed, and stays while it is stopped`() throws {
    try RunningDaemon.serving { daemon in
      let crowd = try ClientProcess(streams: 5, to: "/ns", of: daemon)
      try daemon.awaitMembers("ns", 5)
      crowd.signal(SIGSTOP)
      #expect(try daemon.count("ns") == 5)
      crowd.signal(SIGKILL)
      try daemon.awaitMembers("ns", 0)
    }
  }

  @Test func `a viewer leaves while it still sends the body of its request`() throws {
    try RunningDaemon.serving { daemon in
      let client = try RawClient(port: daemon.audience)
      try client.send(
        request("POST /ns", "Accept: text/event-stream", "Content-Length: 5000000"))
      try client.send([UInt8](repeating: 97, count: 3_900_000))
      try daemon.awaitMembers("ns", 1)
      client.close()
      try daemon.awaitMembers("ns", 0)
    }
  }

  @Test func `a namespace without streams is forgotten after the clean delay`() throws {
    try RunningDaemon.serving("--namespace-clean-delay", "200ms") { daemon in
      let streams = try (0..<3).map { try EventStream("/a\($0)", of: daemon) }
      let stays = try EventStream("/@a0", of: daemon)
      #expect(try daemon.figures().count == 4)
      for stream in streams { stream.client.close() }
      try daemon.awaitNamespaces(["@a0"])
      stays.client.close()
      try daemon.awaitNamespaces([])
    }
  }
}
