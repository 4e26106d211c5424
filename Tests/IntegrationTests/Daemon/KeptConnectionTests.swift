import Testing

/// Connections that were answered and are kept for further requests (§4).
@Suite struct `A kept connection` {
  /// Opens a connection and has a request answered.
  private func answered(by port: UInt16) throws -> RawClient {
    let client = try RawClient(port: port)
    try client.send(request("GET /"))
    _ = try client.readAnswer()
    return client
  }

  private func hasEnded(_ client: RawClient) -> Bool {
    do { return try client.nextByte(within: 0) == nil } catch { return false }
  }

  @Test func `a kept connection ends after 75 s, a request that has begun on it after 10 s`()
    async throws
  {
    let daemon = try RunningDaemon.start([])
    let ports = [daemon.audience, daemon.messages, daemon.admin, daemon.demo]
    let (begun, kept) = try await onNewThread {
      let opened = ContinuousClock.now
      let kept = try ports.map { try answered(by: $0) }
      let other = try answered(by: ports[0])
      let half = try answered(by: ports[0])
      let started = ContinuousClock.now
      try half.send("G")
      #expect(try half.readAnswer().status == 408)
      let begun = started.duration(to: .now)
      // A kept connection that is older still serves.
      try other.send(request("GET /"))
      #expect(try other.readAnswer().status == 200)
      for client in kept { #expect(try client.readToEnd(within: 75 + Deadline.timeout) == "") }
      return (begun, opened.duration(to: .now))
    }
    #expect(begun > .milliseconds(9900))
    #expect(kept > .milliseconds(74_900))
    try daemon.stop()
  }

  @Test func `a kept connection is closed before an older silent one when descriptors are short`()
    throws
  {
    try RunningDaemon.serving(shell: #"ulimit -n 128; exec "$0" "$@""#) { daemon in
      for attempt in 1...5 {
        let started = ContinuousClock.now
        let silent = try RawClient(port: daemon.messages)
        let kept = try answered(by: daemon.messages)
        var others: [RawClient] = []
        while !hasEnded(kept), others.count < 128 {
          others.append(try answered(by: daemon.messages))
        }
        #expect(others.count < 128)
        // On a slow machine the silent connection may have reached its timeout.
        if started.duration(to: .now) > .seconds(8), attempt < 5 { continue }
        try silent.send(request("GET /"))
        #expect(try silent.readAnswer().status == 404)
        return
      }
    }
  }
}
