import MeterIO
import MeterModel

/// The file with the log of a simulation.
struct SimulationLogFile: ~Copyable {
  private let file: OutputFile
  private var writer: SimulationLogWriter

  init(path: String, _ configuration: Configuration) throws(SystemError) {
    file = try OutputFile(path: path)
    writer = SimulationLogWriter(configuration)
  }

  /// Writes the latest batch.
  mutating func append(_ simulation: borrowing Simulation) throws(SystemError) {
    writer.append(simulation.records, now: simulation.now, digest: simulation.digest)
    try file.write(writer.take())
  }

  /// Writes the end of the simulation. Precondition: the simulation has finished.
  mutating func finish(_ simulation: borrowing Simulation) throws(SystemError) {
    writer.finish(at: simulation.now, digest: simulation.digest)
    try file.write(writer.take())
  }
}

/// The picture of a simulation, which is simulated twice for it: to find the largest namespaces,
/// and to record them.
func picture(of options: SimulationOptions) -> [UInt8] {
  var census = AudienceCensus(limit: AudiencePicture.namespaces)
  var first = Replay(silentWith: ConfigurationChanges())
  eachPiece(of: options) { piece in first.take(piece) { census.note($0, of: $1) } }
  var recorded = RecordedReplay(changes: ConfigurationChanges(), census)
  eachPiece(of: options) { piece in recorded.take(piece) { _ in } }
  recorded.finish()
  return recorded.picture("\(options.profile.rawValue), seed \(options.seed)")
}

/// Calls `take` with each piece of the log of a simulation, and at last with an empty one.
private func eachPiece(of options: SimulationOptions, _ take: ([UInt8]) -> Void) {
  guard options.profile != .swarm else {
    take(Array(RandomLog(swarm: options.seed, adjust: options.adjust).text.utf8))
    take([])
    return
  }
  var simulation = Simulation(options)
  var writer = SimulationLogWriter(simulation.configuration)
  var hasMore = true
  while hasMore {
    hasMore = simulation.runBatch()
    writer.append(simulation.records, now: simulation.now, digest: simulation.digest)
    take(writer.take())
  }
  _ = simulation.finish()
  writer.finish(at: simulation.now, digest: simulation.digest)
  take(writer.take())
  take([])
}
