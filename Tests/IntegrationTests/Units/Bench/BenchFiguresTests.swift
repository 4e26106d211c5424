import MeterIO
import MeterModel
import Testing

extension Units {
  /// The figures of a bench, its triggers, and the limits of the kernel that it needs.
  @Suite struct BenchFiguresTests {
    @Test func `the figures of rounds are added, and their medians are reported`() {
      var fanout = FanoutFigures()
      for (delivered, slowest) in [(10, 100), (8, 900), (10, 200)] as [(UInt64, UInt32)] {
        var latencies = LatencyHistogram()
        for number in 1...UInt32(delivered) {
          latencies.add(microseconds: slowest * number / UInt32(delivered))
        }
        fanout.add(
          RoundFigures(
            expected: 10, delivered: delivered, latencies: latencies,
            cpu: BenchCPU(server: 1000, own: 500)))
      }
      #expect(fanout.rounds == 3 && fanout.expected == 30)
      #expect(fanout.delivered == 28 && fanout.missed == 2)
      #expect(fanout.cpu == BenchCPU(server: 3000, own: 1500))
      #expect(fanout.firstMicroseconds == 20 && fanout.lastMicroseconds == 200)
      // 10 in 100 µs, 8 in 900 µs, 10 in 200 µs.
      #expect(fanout.perSecond == 50_000)
      #expect(fanout.latencies.count == 28)
    }

    @Test func `a round that reached no connection has no latency`() {
      var fanout = FanoutFigures()
      fanout.add(
        RoundFigures(
          expected: 5, delivered: 0, latencies: LatencyHistogram(), cpu: BenchCPU(server: nil)))
      #expect(fanout.missed == 5 && fanout.lastMicroseconds == 0 && fanout.cpu.server == nil)
    }

    @Test func `a bench is complete when nothing failed, was closed or was missed`() {
      var figures = BenchFigures()
      figures.connections = 2
      #expect(!figures.isComplete)
      figures.crowd.connected = 2
      #expect(figures.isComplete)
      var broken = figures
      broken.closed = 1
      #expect(!broken.isComplete)
      broken = figures
      broken.passers = ArrivalFigures()
      #expect(broken.isComplete)
      broken.passers?.failed = 1
      #expect(!broken.isComplete)
      broken = figures
      broken.fanout = FanoutFigures()
      #expect(broken.isComplete)
      broken.fanout?.failedTriggers = 1
      #expect(!broken.isComplete)
      broken = figures
      broken.crowd.connected = 1
      #expect(!broken.isComplete)
      broken.isInterrupted = true
      #expect(broken.isComplete)
    }

    @Test func `memory per connection is reported only where it was measured`() {
      var memory = MemoryFigures()
      #expect(memory.perConnection(of: 10) == nil)
      (memory.before, memory.with) = (1000, 3000)
      #expect(memory.perConnection(of: 10) == 200)
      #expect(memory.perConnection(of: 0) == nil)
      memory.with = 500
      #expect(memory.perConnection(of: 10) == 0)
    }

    @Test func `a trigger over HTTP is a request for its path`() throws {
      let trigger = try #require(TriggerTemplate("http://127.0.0.1:2442/{namespace}/bench/{round}"))
      #expect(trigger.host == "127.0.0.1" && trigger.port == 2442)
      let request = trigger.request(namespace: "a", round: 7, padding: 3)
      #expect(
        String(decoding: request, as: UTF8.self)
          == "GET /a/bench/7xxx HTTP/1.1\r\nHost: 127.0.0.1:2442\r\nConnection: close\r\n\r\n")
      let six = try #require(TriggerTemplate("http://[::1]:1/{round}"))
      #expect(six.host == "::1")
      #expect(
        String(decoding: six.request(namespace: "a", round: 1, padding: 0), as: UTF8.self)
          == "GET /1 HTTP/1.1\r\nHost: [::1]:1\r\nConnection: close\r\n\r\n")
    }

    @Test func `a trigger over TCP is a line`() throws {
      let trigger = try #require(TriggerTemplate("tcp://localhost:9/{namespace} t={round} {round}"))
      #expect(
        String(decoding: trigger.request(namespace: "a", round: 7, padding: 0), as: UTF8.self)
          == "a t=7 7\n")
    }

    @Test(arguments: [
      "", "http://", "https://a:1/{round}", "http://a/{round}", "http://a:0/{round}",
      "http://a:65536/{round}", "http://:1/{round}", "http://a:1", "http://a:1/",
      "tcp://a:1/{namespace}",
      "http://a:1/{round} x", "http://a:1/{round}\n", "tcp://a:1/{round}\r", "tcp://a:x/{round}",
      "http://a:1/é{round}", "http://a:1/{round}" + String(repeating: "x", count: 4096),
    ])
    func `a malformed trigger is refused`(url: String) {
      #expect(TriggerTemplate(url) == nil)
    }

    @Test func `a limit of the kernel that is too small is named`() {
      var limits = KernelLimits()
      #expect(limits.warnings(connections: 1_000_000).isEmpty)
      #expect(limits.refusal(connections: 1_000_000) == nil)
      limits.files = 1999
      #expect(
        limits.warnings(connections: 1000)
          == ["fs.file-max is 1999, which may be too small: 2000 would do"])
      limits.files = 2000
      #expect(limits.warnings(connections: 1000).isEmpty)
      limits.openFiles = 1
      #expect(limits.warnings(connections: 1000).count == 1)
      (limits.files, limits.tcpPages, limits.watches) = (nil, 1, 1)
      let warnings = limits.warnings(connections: 1)
      #expect(warnings.count == 2)
      #expect(warnings[0].hasPrefix("net.ipv4.tcp_mem"))
      #expect(warnings[1].hasPrefix("fs.epoll.max_user_watches"))
    }

    @Test func `more connections than fit into the memory are refused`() {
      var limits = KernelLimits()
      limits.memory = 8_600_000
      #expect(limits.refusal(connections: 1000) == nil)
      #expect(
        limits.refusal(connections: 1001)
          == "1001 connections need about 8 MB of kernel memory, and 8 MB are available")
    }
  }
}
