import MeterIO
import MeterModel

/// The figures of a load as one JSON object; docs/BENCH.md describes its members. A figure is null
/// if the mode does not have it or it could not be measured.
package func json(of figures: BenchFigures) -> String {
  var object = JSONWriter()
  object.beginObject()
  object.member("mode", figures.mode.rawValue)
  object.member("connections", UInt64(figures.connections))
  object.member("namespaces", UInt64(figures.namespaces))
  object.member("largest_namespace", UInt64(figures.largestNamespace))
  object.member("seed", figures.seed)
  object.member("threads", UInt64(figures.threads))
  object.member("shares_descriptors", figures.sharesTable)
  object.member("source_addresses", UInt64(figures.sources))
  object.member("interrupted", figures.isInterrupted)
  object.member("stalled", figures.isStalled)
  object.member("complete", figures.isComplete)
  object.member("connected", figures.crowd.connected)
  object.member("failed", figures.crowd.failed)
  object.member("closed_by_server", figures.closed)
  object.member("other_events", figures.otherEvents)
  add(figures.connections > 0 ? figures.crowd : nil, "connect", to: &object)
  add(figures.passers, "passer", to: &object)
  object.member("passed", figures.passers?.connected)
  object.member("passers_failed", figures.passers?.failed)
  object.member("hold_us", figures.hold.map { $0.duration / 1000 })
  object.member("hold_events", figures.hold?.events)
  object.member("hold_server_cpu_ns", figures.hold?.cpu.server)
  object.member("hold_own_cpu_ns", figures.hold?.cpu.own)
  add(figures.fanout, to: &object)
  object.member("slow_clients", figures.slow?.clients)
  object.member("slow_closed", figures.slow?.closed)
  add(figures.leave, to: &object)
  object.member("memory_before_bytes", figures.memory.before)
  object.member("memory_with_bytes", figures.memory.with)
  object.member("memory_most_bytes", figures.memory.peak)
  object.member("memory_after_bytes", figures.memory.after)
  object.member(
    "memory_per_connection_bytes", figures.memory.perConnection(of: figures.crowd.connected))
  object.name("troubles")
  object.beginArray()
  for trouble in figures.troubles {
    object.beginObject()
    object.member("reason", trouble.reason)
    object.member("count", trouble.count)
    object.endObject()
  }
  object.endArray()
  object.endObject()
  return object.text
}

private func add(_ arrivals: ArrivalFigures?, _ name: String, to object: inout JSONWriter) {
  let hasDuration = (arrivals?.duration ?? 0) > 0
  object.member("\(name)_us", hasDuration ? arrivals.map { $0.duration / 1000 } : nil)
  object.member(
    "\(name)s_per_second",
    hasDuration ? arrivals.map { $0.connected * 1_000_000 / max(1, $0.duration / 1000) } : nil)
  let latencies = arrivals?.firstEvent
  object.member("\(name)_first_events", latencies.map { UInt64($0.count) })
  object.member(
    "\(name)_first_event_p50_us", latencies.map { UInt64($0.quantile(thousandths: 500)) })
  object.member(
    "\(name)_first_event_p99_us", latencies.map { UInt64($0.quantile(thousandths: 990)) })
  object.member("\(name)_first_event_last_us", latencies.map { UInt64($0.maximum) })
  object.member("\(name)_server_cpu_ns", arrivals?.cpu.server)
  object.member("\(name)_own_cpu_ns", hasDuration ? arrivals?.cpu.own : nil)
}

private func add(_ fanout: FanoutFigures?, to object: inout JSONWriter) {
  object.member("rounds", fanout?.rounds)
  object.member("deliveries_expected", fanout?.expected)
  object.member("deliveries", fanout?.delivered)
  object.member("deliveries_missed", fanout?.missed)
  object.member("triggers_failed", fanout?.failedTriggers)
  object.member("delivery_first_us", fanout.map { UInt64($0.firstMicroseconds) })
  object.member("delivery_p50_us", fanout.map { UInt64($0.halfMicroseconds) })
  object.member("delivery_p99_us", fanout.map { UInt64($0.p99Microseconds) })
  object.member("delivery_last_us", fanout.map { UInt64($0.lastMicroseconds) })
  object.member("deliveries_per_second", fanout.map { UInt64($0.perSecond) })
  object.member("delivery_server_cpu_ns", fanout?.cpu.server)
  object.member("delivery_own_cpu_ns", fanout?.cpu.own)
}

private func add(_ leave: LeaveFigures, to object: inout JSONWriter) {
  object.member("left", leave.connections)
  object.member("leave_us", leave.duration / 1000)
  object.member("leave_server_quiet_us", leave.quietAfter.map { $0 / 1000 })
  object.member("leave_server_cpu_ns", leave.cpu.server)
  object.member("leave_own_cpu_ns", leave.cpu.own)
}
