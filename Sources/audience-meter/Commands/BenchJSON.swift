import MeterIO
import MeterModel

/// The figures of a load as one JSON object; `docs/BENCH.md` tells of its members. What the mode does not do
/// or could not be measured is null.
package func json(of figures: BenchFigures) -> String {
  var object = JSONObject()
  object.add("mode", text: figures.mode.rawValue)
  object.add("connections", UInt64(figures.connections))
  object.add("namespaces", UInt64(figures.namespaces))
  object.add("largest_namespace", UInt64(figures.largestNamespace))
  object.add("seed", figures.seed)
  object.add("threads", UInt64(figures.threads))
  object.add("shares_descriptors", flag: figures.sharesTable)
  object.add("source_addresses", UInt64(figures.sources))
  object.add("interrupted", flag: figures.isInterrupted)
  object.add("stalled", flag: figures.isStalled)
  object.add("complete", flag: figures.isComplete)
  object.add("connected", figures.crowd.connected)
  object.add("failed", figures.crowd.failed)
  object.add("closed_by_server", figures.closed)
  object.add("other_events", figures.otherEvents)
  add(figures.connections > 0 ? figures.crowd : nil, "connect", to: &object)
  add(figures.passers, "passer", to: &object)
  object.add("passed", figures.passers?.connected)
  object.add("passers_failed", figures.passers?.failed)
  object.add("hold_us", figures.hold.map { $0.duration / 1000 })
  object.add("hold_events", figures.hold?.events)
  object.add("hold_server_cpu_ns", figures.hold?.cpu.server)
  object.add("hold_own_cpu_ns", figures.hold?.cpu.own)
  add(figures.fanout, to: &object)
  object.add("slow_clients", figures.slow?.clients)
  object.add("slow_closed", figures.slow?.closed)
  add(figures.leave, to: &object)
  object.add("memory_before_bytes", figures.memory.before)
  object.add("memory_with_bytes", figures.memory.with)
  object.add("memory_most_bytes", figures.memory.most)
  object.add("memory_after_bytes", figures.memory.after)
  object.add(
    "memory_per_connection_bytes", figures.memory.perConnection(of: figures.crowd.connected))
  object.add("troubles", figures.troubles.map { (reason: $0.reason, count: $0.count) })
  return object.text
}

private func add(_ arrivals: ArrivalFigures?, _ name: String, to object: inout JSONObject) {
  let hasDuration = (arrivals?.duration ?? 0) > 0
  object.add("\(name)_us", hasDuration ? arrivals.map { $0.duration / 1000 } : nil)
  object.add(
    "\(name)s_per_second",
    hasDuration ? arrivals.map { $0.connected * 1_000_000 / max(1, $0.duration / 1000) } : nil)
  let latencies = arrivals?.firstEvent
  object.add("\(name)_first_events", latencies.map { UInt64($0.count) })
  object.add("\(name)_first_event_p50_us", latencies.map { UInt64($0.quantile(thousandths: 500)) })
  object.add("\(name)_first_event_p99_us", latencies.map { UInt64($0.quantile(thousandths: 990)) })
  object.add("\(name)_first_event_last_us", latencies.map { UInt64($0.most) })
  object.add("\(name)_server_cpu_ns", arrivals?.cpu.server)
  object.add("\(name)_own_cpu_ns", hasDuration ? arrivals?.cpu.own : nil)
}

private func add(_ fanout: FanoutFigures?, to object: inout JSONObject) {
  object.add("rounds", fanout?.rounds)
  object.add("deliveries_expected", fanout?.expected)
  object.add("deliveries", fanout?.delivered)
  object.add("deliveries_missed", fanout?.missed)
  object.add("triggers_failed", fanout?.failedTriggers)
  object.add("delivery_first_us", fanout.map { UInt64($0.firstMicroseconds) })
  object.add("delivery_p50_us", fanout.map { UInt64($0.halfMicroseconds) })
  object.add("delivery_p99_us", fanout.map { UInt64($0.mostMicroseconds) })
  object.add("delivery_last_us", fanout.map { UInt64($0.lastMicroseconds) })
  object.add("deliveries_per_second", fanout.map { UInt64($0.perSecond) })
  object.add("delivery_server_cpu_ns", fanout?.cpu.server)
  object.add("delivery_own_cpu_ns", fanout?.cpu.own)
}

private func add(_ leave: LeaveFigures, to object: inout JSONObject) {
  object.add("left", leave.connections)
  object.add("leave_us", leave.duration / 1000)
  object.add("leave_server_quiet_us", leave.quietAfter.map { $0 / 1000 })
  object.add("leave_server_cpu_ns", leave.cpu.server)
  object.add("leave_own_cpu_ns", leave.cpu.own)
}
