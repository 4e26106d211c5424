import MeterModel
import Testing
import audience_meter

extension Units {
  /// What `simulate --nodes` prints of a seed that failed.
  @Suite struct SimulateReportTests {
    @Test
    func `a failed seed of a cluster is printed with its command and its smallest plan`()
      throws
    {
      // A small cluster whose nodes deliver a message as often as it comes.
      let outcome = SeedOutcome<NodesFigures>(nodes: 6, fault: .repeatsMessages)
      let failure = try #require(outcome.failure)
      let lines = nodesFinding(failure, seed: outcome.seed)
      #expect(lines.count == 3)
      #expect(lines[0].hasPrefix("wrong: at "))
      #expect(lines[1] == "to see it again: audience-meter simulate --nodes --seed \(outcome.seed)")
      #expect(
        lines[2].hasPrefix("the smallest plan that shows it (\(failure.records) steps):\nnodes "))
      #expect(lines[2].contains(" publish(node: "))
      #expect(lines[2].split(separator: "\n").count == 1 + 3 + failure.records)
      // No seed is taken after one that failed.
      var soak = SoakState<NodesFigures>(firstSeed: 7)
      #expect(soak.takeSeed() == 7 && soak.takeSeed() == 8)
      soak.add(outcome)
      #expect(soak.takeSeed() == nil && soak.failed?.seed == outcome.seed && soak.seeds == 1)
    }
  }
}
