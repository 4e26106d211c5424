import MeterIO
import MeterModel

/// Loads a server, and prints the figures.
func runBench(_ settings: BenchSettings) -> ExitStatus {
  if settings.mode == .cluster { return runClusterBench(settings) }
  let line = ProgressLine()
  do throws(BenchError) {
    let figures = try Bench.run(
      settings,
      log: { message in
        line.erase()
        printError(message)
      }, progress: { progress in line.show { text(of: progress) } })
    line.erase()
    let written = writeToStandardOutput(
      settings.json ? json(of: figures) + "\n" : text(of: figures))
    return worse(written, figures.isComplete ? .success : .shortfall)
  } catch {
    line.erase()
    printError(error.reason)
    return error.isUsage ? .usage : .failure
  }
}

/// The progress of a load, in a line.
package func text(of progress: BenchProgress) -> String {
  let done = progress.done.grouped
  let seconds = progress.elapsed.nanoseconds / 1_000_000_000
  let failed = progress.failed > 0 ? ", \(progress.failed.grouped) failed" : ""
  let rate = progress.done * 1000 / max(1, progress.elapsed.nanoseconds / 1_000_000)
  return switch progress.phase {
  case .connecting:
    "\(bar(progress)) \(done) connected, \(rate.grouped) a second\(failed)"
  case .settling: "waiting until nothing more comes"
  case .holding: "\(bar(progress)) held for \(seconds) s\(failed)"
  case .sending: "\(bar(progress)) \(done) told"
  case .churning: "\(done) came and left, \(rate.grouped) a second"
  case .leaving: "leaving"
  }
}

private func bar(_ progress: BenchProgress) -> String {
  let width: UInt64 = 30
  let full = progress.total == 0 ? 0 : min(progress.done, progress.total) * width / progress.total
  return "[" + String(repeating: "#", count: Int(full))
    + String(repeating: "·", count: Int(width - full)) + "]"
}
