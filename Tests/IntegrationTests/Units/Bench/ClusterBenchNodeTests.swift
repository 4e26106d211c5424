import MeterIO
import MeterModel
import Testing

extension Units {
  /// The nodes of the cluster bench.
  @Suite struct ClusterBenchNodeTests {
    @Test func `nodes that have received each other's datagrams have the same counts`() {
      var nodes = (0..<3).map { node($0) }
      exchange(&nodes, until: .start + .seconds(1))
      for number in nodes.indices {
        #expect((0..<5).map { nodes[number].members(of: "n-\($0)") } == [3, 3, 3, 3, 3])
      }
      // The first node gets a second viewer in two of its namespaces. Which two depends on the
      // order of its namespaces.
      nodes[0].change(2, at: .start + .seconds(1))
      exchange(&nodes, until: .start + .seconds(3))
      for number in nodes.indices {
        let totals = (0..<5).map { nodes[number].members(of: "n-\($0)") }
        #expect(totals.sorted() == [3, 3, 3, 4, 4])
        #expect(totals == (0..<5).map { nodes[0].members(of: "n-\($0)") })
      }
      // After five more changes, all namespaces have a second viewer but the first two.
      nodes[0].change(5, at: .start + .seconds(3))
      exchange(&nodes, until: .start + .seconds(5))
      #expect((0..<5).reduce(0) { $0 + nodes[2].members(of: "n-\($1)") } == 15 + 5 - 2)
    }

    @Test func `the order of the namespaces depends on the seed alone`() {
      func firstChanged(_ seed: UInt64) -> Int? {
        var node = node(0, seed: seed, namespaces: 1000)
        node.change(1, at: .start)
        return (0..<1000).first { node.members(of: "n-\($0)") == 2 }
      }
      #expect(firstChanged(1) == firstChanged(1))
      #expect(firstChanged(1) != firstChanged(2))
    }

    @Test
    func `a slice ends with the datagram that uses it up, and skips the node's own datagrams`() {
      var nodes = (0..<3).map { node($0) }
      var traffic = ClusterBenchTraffic()
      for number in nodes.indices {
        nodes[number].advance(to: .start)
        #expect(nodes[number].takeDatagrams(into: &traffic).datagrams == 2)
      }
      #expect(traffic.count == 6)
      var place = 0
      // The node's own datagrams use up nothing of a slice.
      var heard = nodes[0].receive(traffic, from: &place, slice: 1, at: .start)
      #expect(place == 3)
      #expect(heard.datagrams == 1)
      let counts = heard.counts
      heard = nodes[0].receive(traffic, from: &place, slice: 1 << 20, at: .start)
      #expect(place == 6)
      #expect(heard.datagrams == 3)
      #expect(counts + heard.counts == 10)
    }

    @Test func `figures are medians of all samples, and the longest slice is the maximum`() {
      var figures = ClusterBenchFigures()
      #expect(figures.median(\.bytes) == 0 && figures.maximumSlice == 0)
      for (bytes, slice) in [(10, 5), (40, 9), (20, 1), (31, 2)] as [(UInt64, UInt64)] {
        var sample = ClusterBenchSample()
        sample.bytes = bytes
        sample.slice = slice
        figures.samples.append(sample)
      }
      #expect(figures.median(\.bytes) == 25 && figures.maximumSlice == 9)
    }

    private func node(
      _ number: Int, seed: UInt64 = 1, namespaces: UInt32 = 5
    ) -> ClusterBenchNode {
      ClusterBenchNode(
        number: number, namespaces: namespaces, prefix: "n-", seed: seed,
        settings: ClusterSettings(), secret: nil)
    }

    /// Lets the nodes send and receive what is due before an instant.
    private func exchange(_ nodes: inout [ClusterBenchNode], until end: Instant) {
      var traffic = ClusterBenchTraffic()
      while let now = nodes.map(\.nextDeadline).min(), now < end {
        for number in nodes.indices where nodes[number].nextDeadline <= now {
          nodes[number].advance(to: now)
          _ = nodes[number].takeDatagrams(into: &traffic)
        }
        for number in nodes.indices {
          var place = 0
          _ = nodes[number].receive(traffic, from: &place, slice: 1 << 30, at: now)
        }
        traffic.removeAll()
      }
    }
  }
}
