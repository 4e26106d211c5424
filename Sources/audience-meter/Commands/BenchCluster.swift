import MeterIO
import MeterModel

/// Measures what the nodes of a cluster cost one another, and tells it.
func runClusterBench(_ settings: BenchSettings) -> ExitStatus {
  let line = ProgressLine()
  do throws(BenchError) {
    let figures = try ClusterBench.run(settings) { progress in line.show { progress } }
    line.erase()
    return writeToStandardOutput(
      settings.json ? json(of: figures) + "\n" : text(of: figures))
  } catch {
    line.erase()
    printError(error.reason)
    return error.isUsage ? .usage : .failure
  }
}

/// The figures of a cluster, for people: of one node in one interval.
package func text(of figures: ClusterBenchFigures) -> String {
  let secret = figures.hasSecret ? ", with a secret" : ""
  let (sent, bytes) = (figures.median(\.datagrams), figures.median(\.bytes))
  let (heard, counts) = (figures.median(\.heardDatagrams), figures.median(\.heardCounts))
  let (advertise, hear) = (figures.median(\.advertise), figures.median(\.hear))
  let rounds = counted(UInt32(clamping: figures.rounds), "interval")
  let lines = [
    row(
      "cluster",
      "\(counted(figures.nodes, "node")) with the same"
        + " \(counted(figures.namespaces, "namespace")),"
        + " \(grouped(UInt64(figures.changing))) of which change in each interval\(secret)"),
    row(
      "",
      "told every \(figures.notifyInterval.decimalSeconds) s, forgotten after"
        + " \(figures.nodeTimeout.decimalSeconds) s"),
    row("per node", "medians of \(rounds)"),
    row(
      "send",
      "\(grouped(sent)) datagrams, \(grouped(bytes)) bytes"
        + " (\(decimal(figures.hundredthsOfBytes)) a namespace); to each other node if one by one"),
    row(
      "",
      "CPU to make them \(microseconds(advertise))"
        + " (\(grouped(figures.nanosecondsOfNamespace)) ns a namespace)"),
    row("hear", "\(grouped(heard)) datagrams with \(grouped(counts)) counts"),
    row(
      "",
      "CPU to take them in \(microseconds(hear)) (\(grouped(figures.nanosecondsOfCount)) ns a count),"
        + " without the meter \(microseconds(figures.median(\.judge)))"),
    row(
      "core",
      "\(share(advertise + hear, of: figures.notifyInterval.nanoseconds)) of one, without what"
        + " the carriers take"),
    row(
      "at once",
      "\(microseconds(figures.median(\.slice))), and \(microseconds(figures.longestSlice)) at most:"
        + " so long a stream may wait"),
  ]
  return lines.joined(separator: "\n") + "\n"
}

/// The figures of a cluster as one JSON object; `docs/BENCH.md` tells of its members.
package func json(of figures: ClusterBenchFigures) -> String {
  var object = JSONObject()
  object.add("mode", text: BenchMode.cluster.rawValue)
  object.add("nodes", UInt64(figures.nodes))
  object.add("namespaces", UInt64(figures.namespaces))
  object.add("changing", UInt64(figures.changing))
  object.add("secret", flag: figures.hasSecret)
  object.add("seed", figures.seed)
  object.add("notify_interval_seconds", decimal: figures.notifyInterval.decimalSeconds)
  object.add("node_timeout_seconds", decimal: figures.nodeTimeout.decimalSeconds)
  object.add("rounds", figures.rounds)
  object.add("datagrams", figures.median(\.datagrams))
  object.add("bytes", figures.median(\.bytes))
  object.add("bytes_per_namespace", decimal: decimal(figures.hundredthsOfBytes))
  object.add("advertise_cpu_ns", figures.median(\.advertise))
  object.add("advertise_cpu_ns_per_namespace", figures.nanosecondsOfNamespace)
  object.add("heard_datagrams", figures.median(\.heardDatagrams))
  object.add("heard_counts", figures.median(\.heardCounts))
  object.add("hear_cpu_ns", figures.median(\.hear))
  object.add("hear_cpu_ns_per_count", figures.nanosecondsOfCount)
  object.add("hear_without_meter_cpu_ns", figures.median(\.judge))
  object.add("slice_cpu_ns", figures.median(\.slice))
  object.add("longest_slice_cpu_ns", figures.longestSlice)
  return object.text
}

extension ClusterBenchFigures {
  /// Bytes that a node sends for each of its namespaces in an interval, in hundredths.
  fileprivate var hundredthsOfBytes: UInt64 {
    median(\.bytes) * 100 / UInt64(max(1, namespaces))
  }

  /// CPU time for each namespace of the node, told or not; for each count of another that was heard.
  fileprivate var nanosecondsOfNamespace: UInt64 {
    median(\.advertise) / UInt64(max(1, namespaces))
  }
  fileprivate var nanosecondsOfCount: UInt64 { median(\.hear) / max(1, median(\.heardCounts)) }
}
