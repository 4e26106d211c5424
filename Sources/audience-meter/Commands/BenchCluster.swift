import MeterIO
import MeterModel

/// Measures the costs of the nodes of a cluster, and prints them.
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

/// The figures of one node in one interval, as text.
package func text(of figures: ClusterBenchFigures) -> String {
  let secret = figures.hasSecret ? ", with a secret" : ""
  let (sent, bytes) = (figures.median(\.datagrams), figures.median(\.bytes))
  let (heard, counts) = (figures.median(\.receivedDatagrams), figures.median(\.receivedCounts))
  let (advertise, hear) = (figures.median(\.advertise), figures.median(\.receive))
  let rounds = counted(UInt32(clamping: figures.rounds), "interval")
  let lines = [
    row(
      "cluster",
      "\(counted(figures.nodes, "node")) with the same"
        + " \(counted(figures.namespaces, "namespace")),"
        + " \(UInt64(figures.changing).grouped) of which change in each interval\(secret)"),
    row(
      "",
      "told every \(figures.notifyInterval.decimalSeconds) s, forgotten after"
        + " \(figures.nodeTimeout.decimalSeconds) s"),
    row("per node", "medians of \(rounds)"),
    row(
      "send",
      "\(sent.grouped) datagrams, \(bytes.grouped) bytes"
        + " (\(decimal(figures.hundredthsOfBytes)) a namespace); to each other node if one by one"),
    row(
      "",
      "CPU to make them \(microseconds(advertise))"
        + " (\(figures.nanosecondsOfNamespace.grouped) ns a namespace)"),
    row("hear", "\(heard.grouped) datagrams with \(counts.grouped) counts"),
    row(
      "",
      "CPU to take them in \(microseconds(hear))"
        + " (\(figures.nanosecondsOfCount.grouped) ns a count)"),
    row(
      "core",
      "\(share(advertise + hear, of: figures.notifyInterval.nanoseconds)) of one, without what"
        + " the carriers take"),
    row(
      "at once",
      "\(microseconds(figures.median(\.slice))), and \(microseconds(figures.maximumSlice)) at most:"
        + " so long a stream may wait"),
  ]
  return lines.joined(separator: "\n") + "\n"
}

/// The figures of a cluster as one JSON object; docs/BENCH.md describes its members.
package func json(of figures: ClusterBenchFigures) -> String {
  var object = JSONWriter()
  object.beginObject()
  object.member("mode", BenchMode.cluster.rawValue)
  object.member("nodes", UInt64(figures.nodes))
  object.member("namespaces", UInt64(figures.namespaces))
  object.member("changing", UInt64(figures.changing))
  object.member("secret", figures.hasSecret)
  object.member("seed", figures.seed)
  object.member("notify_interval_seconds", decimal: figures.notifyInterval.decimalSeconds)
  object.member("node_timeout_seconds", decimal: figures.nodeTimeout.decimalSeconds)
  object.member("rounds", figures.rounds)
  object.member("datagrams", figures.median(\.datagrams))
  object.member("bytes", figures.median(\.bytes))
  object.member("bytes_per_namespace", decimal: decimal(figures.hundredthsOfBytes))
  object.member("advertise_cpu_ns", figures.median(\.advertise))
  object.member("advertise_cpu_ns_per_namespace", figures.nanosecondsOfNamespace)
  object.member("heard_datagrams", figures.median(\.receivedDatagrams))
  object.member("heard_counts", figures.median(\.receivedCounts))
  object.member("hear_cpu_ns", figures.median(\.receive))
  object.member("hear_cpu_ns_per_count", figures.nanosecondsOfCount)
  object.member("slice_cpu_ns", figures.median(\.slice))
  object.member("longest_slice_cpu_ns", figures.maximumSlice)
  object.endObject()
  return object.text
}

extension ClusterBenchFigures {
  /// The hundredths of bytes that a node sends for each of its namespaces in an interval.
  fileprivate var hundredthsOfBytes: UInt64 {
    median(\.bytes) * 100 / UInt64(max(1, namespaces))
  }

  /// The CPU time for each namespace of the node, sent or not; and for each received count.
  fileprivate var nanosecondsOfNamespace: UInt64 {
    median(\.advertise) / UInt64(max(1, namespaces))
  }
  fileprivate var nanosecondsOfCount: UInt64 {
    median(\.receive) / max(1, median(\.receivedCounts))
  }
}
