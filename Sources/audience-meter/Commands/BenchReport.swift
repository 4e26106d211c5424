import MeterIO
import MeterModel

/// The figures of a load as text.
package func text(of figures: BenchFigures) -> String {
  var lines = [load(figures)]
  if figures.connections > 0 { lines += arrivals("connect", figures.crowd) }
  if let hold = figures.hold {
    lines.append(
      row("hold", "\(seconds(hold.duration)), \(hold.events.grouped) events received"))
    if let server = hold.cpu.server {
      lines.append(row("", "server CPU \(share(server, of: hold.duration)) of a core"))
    }
  }
  if let fanout = figures.fanout { lines += rounds(fanout) }
  if let passers = figures.passers {
    lines += arrivals(figures.mode == .churn ? "churn" : "newcomers", passers)
  }
  if let slow = figures.slow {
    lines.append(
      row(
        "slow", "\(slow.clients.grouped) did not read; the server closed \(slow.closed.grouped)"))
  }
  if figures.leave.connections > 0 { lines += leaving(figures.leave) }
  lines += memory(figures)
  if figures.closed > 0 {
    lines.append(row("closed", "\(figures.closed.grouped) by the server"))
  }
  lines += figures.troubles.map { row("trouble", "\($0.count.grouped) × \($0.reason)") }
  if figures.isInterrupted { lines.append("interrupted: these are the figures until then") }
  return lines.joined(separator: "\n") + "\n"
}

private func load(_ figures: BenchFigures) -> String {
  let sources = figures.sources == 1 ? "1 address" : "\(figures.sources) addresses"
  return row(
    "load",
    "\(figures.mode.rawValue): \(counted(figures.connections, "connection")),"
      + " \(counted(figures.namespaces, "namespace"))"
      + " (the largest \(UInt64(figures.largestNamespace).grouped)),"
      + " \(counted(UInt32(figures.threads), "thread")), \(sources)")
}

private func arrivals(_ name: String, _ arrivals: ArrivalFigures) -> [String] {
  var text = arrivals.connected.grouped
  if arrivals.duration > 0 {
    text += " in \(seconds(arrivals.duration)) = "
    text += "\(perSecond(arrivals.connected, arrivals.duration).grouped) a second"
  }
  if arrivals.failed > 0 { text += "; \(arrivals.failed.grouped) FAILED" }
  var lines = [row(name, text)]
  let measured = UInt64(arrivals.firstEvent.count)
  if measured > 0 {
    let isPart = measured < arrivals.connected
    let whose = isPart ? "of \(measured.grouped) that came in a round: " : ""
    lines.append(row("", "first event " + whose + spread(arrivals.firstEvent)))
  }
  if let cpu = cpu(arrivals.cpu, per: arrivals.connected, "connect") { lines.append(cpu) }
  return lines
}

private func rounds(_ fanout: FanoutFigures) -> [String] {
  let missed = fanout.missed > 0 ? "; \(fanout.missed.grouped) MISSED" : ""
  var lines = [
    row(
      "fanout",
      "\(counted(UInt32(clamping: fanout.rounds), "round")), \(fanout.delivered.grouped) of"
        + " \(fanout.expected.grouped) deliveries\(missed)"),
    row(
      "",
      "medians: first \(milliseconds(fanout.firstMicroseconds)),"
        + " p50 \(milliseconds(fanout.halfMicroseconds)),"
        + " p99 \(milliseconds(fanout.p99Microseconds)),"
        + " last \(milliseconds(fanout.lastMicroseconds))"),
    row("", "\(UInt64(fanout.perSecond).grouped) deliveries a second"),
  ]
  if fanout.failedTriggers > 0 {
    lines.append(row("", "\(counted(UInt32(clamping: fanout.failedTriggers), "trigger")) FAILED"))
  }
  if let cpu = cpu(fanout.cpu, per: fanout.delivered, "delivery") { lines.append(cpu) }
  return lines
}

private func leaving(_ leave: LeaveFigures) -> [String] {
  var text = "\(leave.connections.grouped) in \(seconds(leave.duration))"
  if let quiet = leave.quietAfter { text += "; the server was done after \(seconds(quiet))" }
  return [row("leave", text)] + [cpu(leave.cpu, per: leave.connections, "leave")].compactMap(\.self)
}

private func memory(_ figures: BenchFigures) -> [String] {
  let memory = figures.memory
  guard let before = memory.before else { return [] }
  var text = "\((before >> 10).grouped) KB before"
  if let with = memory.with { text += ", \((with >> 10).grouped) KB with the crowd" }
  if let most = memory.peak, most > memory.with ?? 0 {
    text += ", \((most >> 10).grouped) KB at most"
  }
  if let after = memory.after { text += ", \((after >> 10).grouped) KB after" }
  let each = memory.perConnection(of: figures.crowd.connected)
  return [row("memory", text)]
    + (each.map { [row("", "\($0.grouped) bytes per connection")] } ?? [])
}

// MARK: - Words

func row(_ name: String, _ text: String) -> String {
  name + String(repeating: " ", count: max(1, 12 - name.count)) + text
}

func counted(_ count: UInt32, _ thing: String) -> String {
  "\(UInt64(count).grouped) \(thing)\(count == 1 ? "" : "s")"
}

private func cpu(_ cpu: BenchCPU, per count: UInt64, _ what: String) -> String? {
  guard let server = cpu.server, count > 0 else { return nil }
  return row(
    "",
    "CPU per \(what): server \(microseconds(server / count)), here \(microseconds(cpu.own / count))"
  )
}

private func spread(_ latencies: LatencyHistogram) -> String {
  "p50 \(milliseconds(latencies.quantile(thousandths: 500))),"
    + " p99 \(milliseconds(latencies.quantile(thousandths: 990))),"
    + " last \(milliseconds(latencies.maximum))"
}

private func perSecond(_ count: UInt64, _ nanoseconds: UInt64) -> UInt64 {
  count * 1_000_000 / max(1, nanoseconds / 1000)
}

private func seconds(_ nanoseconds: UInt64) -> String {
  Duration.milliseconds(nanoseconds / 1_000_000).decimalSeconds + " s"
}

private func milliseconds(_ microseconds: UInt32) -> String {
  decimal(UInt64(microseconds) / 10) + " ms"
}

func microseconds(_ nanoseconds: UInt64) -> String {
  decimal(nanoseconds / 10) + " µs"
}

/// A number of hundredths as text with two decimals.
func decimal(_ hundredths: UInt64) -> String {
  let part = hundredths % 100
  return "\(hundredths / 100).\(part < 10 ? "0" : "")\(part)"
}

/// A part of a whole in percent, with two decimals.
func share(_ part: UInt64, of whole: UInt64) -> String {
  decimal(part * 10_000 / max(1, whole)) + " %"
}
