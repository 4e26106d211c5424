import MeterIO
import MeterModel
import Testing

extension Units {
  /// The spread of the connections of a bench over namespaces, threads and source addresses.
  @Suite struct NamespaceSizesTests {
    @Test(
      arguments: Distribution.allCases,
      [(0, 1), (1, 1), (1, 5), (10, 3), (9_999, 500), (500, 9_999), (1_000_000, 50_001)]
        as [(UInt32, UInt32)])
    func `the sizes of namespaces add up to the connections`(
      distribution: Distribution, numbers: (connections: UInt32, namespaces: UInt32)
    ) {
      let sizes = NamespaceSizes(
        distribution, connections: numbers.connections, namespaces: numbers.namespaces
      ).sizes
      #expect(sizes.count == Int(numbers.namespaces))
      #expect(sizes.reduce(0, +) == numbers.connections)
      #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test func `each distribution has its shape`() {
      #expect(NamespaceSizes(.one, connections: 7, namespaces: 3).sizes == [7, 0, 0])
      #expect(NamespaceSizes(.uniform, connections: 8, namespaces: 3).sizes == [3, 3, 2])
      // 1 + 1/2 + 1/3 + 1/4 is 25/12.
      #expect(
        NamespaceSizes(.zipf, connections: 2500, namespaces: 4).sizes == [1200, 600, 400, 300])
      #expect(NamespaceSizes(.zipf, connections: 3, namespaces: 4).sizes == [1, 1, 1, 0])
    }

    @Test func `one namespace may be much larger than the others`() throws {
      let mixed = try #require(
        NamespaceSizes(largest: 500_000, connections: 1_000_000, namespaces: 50_001)
      ).sizes
      #expect(mixed.first == 500_000)
      #expect(mixed.dropFirst().allSatisfy { $0 == 10 })
      #expect(NamespaceSizes(largest: 5, connections: 5, namespaces: 1)?.sizes == [5])
      #expect(NamespaceSizes(largest: 0, connections: 2, namespaces: 2)?.sizes == [0, 2])
      #expect(NamespaceSizes(largest: 6, connections: 5, namespaces: 2) == nil)
      #expect(NamespaceSizes(largest: 4, connections: 5, namespaces: 1) == nil)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `the order has each namespace as often as its size, and depends on the seed`(seed: UInt64)
    {
      let sizes = NamespaceSizes(.zipf, connections: 1000, namespaces: 20)
      let order = sizes.order(seed: seed)
      var counts = ContiguousArray<UInt32>(repeating: 0, count: 20)
      for namespace in order { counts[Int(namespace)] += 1 }
      #expect(counts == sizes.sizes)
      #expect(order == sizes.order(seed: seed))
      #expect(order != sizes.order(seed: seed + 1))
      #expect(order != ContiguousArray(order.sorted()))
    }

    @Test func `there are as many threads as the limit of descriptors requires`() {
      func threads(_ connections: Int, _ limit: Int, asked: Int = 0) -> Int? {
        BenchPlan(connections: connections, tableLimit: limit, ports: 28_232, threads: asked)?
          .threads
      }
      let room = 1000 - BenchPlan.spare(threads: 1)
      #expect(BenchPlan.room(tableLimit: 1000) == room)
      #expect(threads(0, 1000) == 1)
      #expect(threads(room, 1000) == 1)
      #expect(threads(room + 1, 1000) == 2)
      #expect(threads(10, 1000, asked: 4) == 4)
      #expect(threads(5 * room, 1000, asked: 2) == 6)
      #expect(threads(1_000_000, 20_000) == 51)
      #expect(threads(2_000_000, 1024) == nil)
      #expect(threads(1, 10) == nil)
      #expect(BenchPlan.room(tableLimit: 10) == 0)
    }

    @Test func `a source address has fewer connections than half of the ports`() {
      func sources(_ connections: Int, ports: Int) -> Int? {
        BenchPlan(connections: connections, tableLimit: 20_000, ports: ports, threads: 0)?.sources
      }
      #expect(BenchPlan.connectionsPerSource(ports: 1600) == 700)
      #expect(BenchPlan.connectionsPerSource(ports: 1) == 1)
      #expect(BenchPlan.connectionsPerSource(ports: 64_512) == 25_000)
      #expect(BenchPlan.connectionsOfOneSource(ports: 1600) == 1400)
      #expect(sources(0, ports: 1600) == 1)
      #expect(sources(700, ports: 1600) == 1)
      #expect(sources(701, ports: 1600) == 2)
    }

    @Test(arguments: [(1, 0), (10, 1), (1000, 3), (999_999, 51)] as [(UInt32, Int)])
    func `all threads together keep exactly to a rate`(rate: UInt32, more: Int) {
      let threads = more + 1
      for microseconds in [0, 1, 999, 1_000_000, 1_000_001, 3_600_000_000] as [UInt64] {
        let due = (0..<threads).reduce(UInt64(0)) {
          $0 + Pace(perSecond: rate, thread: $1, of: threads).due(after: microseconds)
        }
        #expect(due == UInt64(rate) * microseconds / 1_000_000 + 1)
      }
    }

    @Test func `without a rate all connections are due`() {
      let pace = Pace(perSecond: 0, thread: 0, of: 1)
      #expect(!pace.isLimited)
      #expect(pace.due(after: 0) == .max)
    }
  }
}
