import MeterIO
import Testing

extension Units {
  /// The memory that the cluster bench needs.
  @Suite struct ClusterBenchMemoryTests {
    @Test func `a cluster that does not fit into the memory is refused`() {
      var settings = BenchSettings()
      (settings.nodes, settings.namespaces) = (2, 1000)
      #expect(ClusterBench.refusal(settings, memory: nil) == nil)
      #expect(ClusterBench.refusal(settings, memory: 2 * 1000 * 672) == nil)
      #expect(ClusterBench.refusal(settings, memory: 2 * 1000 * 672 - 1)?.contains("1 MB") == true)
      (settings.nodes, settings.namespaces) = (1000, 1_000_000)
      #expect(ClusterBench.refusal(settings, memory: 1 << 40) != nil)
    }
  }
}
