// An explanation in words.

extension Explanation {
  /// The explanation, for people. Times are seconds of the section. `sections` is the number of
  /// sections of the log.
  package func text(namespace: [UInt8], sections: Int) -> String {
    var lines = [headline(String(decoding: namespace, as: UTF8.self), sections), ""]
    lines += counts
    lines += notificationLines
    lines.append("next        \(outlook)")
    if let before {
      lines += list(before.history, "From \(time(before.bound)) on:")
    } else if let notification {
      let since = notification.previousInstant.map { " (since \($0.decimalSeconds) s)" } ?? ""
      if notification.cause != .unknown {
        lines += list(notification.history, "Before that notification\(since):")
      }
      lines += list(history, "Since then:")
    } else if !history.bursts.isEmpty {
      lines += list(history, "Since the last notification:")
    }
    if let after { lines += list(after.history, "After that, until \(time(after.bound)):") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func headline(_ name: String, _ sections: Int) -> String {
    let place = sections > 1 ? " of section \(section)" : ""
    let date = wallStart.map { ", \($0.time(at: instant).text)" } ?? ""
    return "\(name) at \(instant.decimalSeconds) s\(place)\(date)"
      + (isEnd ? ", where the log ends" : "")
  }

  /// An instant as `4.5 s`, and its time of day if that is known: `4.5 s (18:00:04.5Z)`.
  private func time(_ instant: Instant) -> String {
    let clock = wallStart.map { " (\($0.time(at: instant).timeOfDay)Z)" } ?? ""
    return "\(instant.decimalSeconds) s\(clock)"
  }

  private var counts: [String] {
    guard let state else { return ["members     none: the namespace does not exist"] }
    var parts = "\(state.members)"
    if state.remote > 0 { parts += ", \(state.remote) of them on other nodes" }
    if state.external > 0 { parts += ", \(state.external) of them external" }
    let observers = state.observers > 0 ? " (\(state.observers) observing)" : ""
    return ["members     \(parts); \(state.open) open here\(observers), \(state.pending) pending"]
      + keptLines
  }

  /// The viewers that are kept without a stream, why, and until when.
  private var keptLines: [String] {
    var lines: [String] = []
    if let leaving = kept.leaving {
      lines.append("leaving     \(leaving.count), counted \(until(leaving)), as decrement-delay")
    }
    if let returning = kept.returning {
      lines.append("returning   \(returning.count), counted \(until(returning)), as restart-delay")
    }
    if let pinging = kept.pinging {
      lines.append("pinging     \(pinging.count), kept \(until(pinging)), as ping-timeout")
    }
    return lines
  }

  private func until(_ group: KeptGroup) -> String {
    let (first, last) = (group.until.lowerBound, group.until.upperBound)
    return first == last
      ? "until \(time(first))" : "until \(time(first)) at the earliest, \(time(last)) at the latest"
  }

  private var notificationLines: [String] {
    guard let notification, let state else {
      return ["last told   nothing to any open connection"]
    }
    var lines = [
      "last told   \(notification.count), at \(time(notification.instant)),"
        + " \(reason(notification))"
    ]
    let span = state.greeted
    lines.append(
      greetings == 0
        ? "greetings   none since"
        : "greetings   \(greetings) since, at \(span.lowerBound) to \(span.upperBound) members")
    lines.append("threshold   \(thresholdInWords(notification.count))")
    return lines
  }

  private func thresholdInWords(_ told: UInt64) -> String {
    let ratio = configuration.notifyDeltaRatio
    let product = "⌊\(told) × \(ratio.decimal)⌋ = \(ratio.floorOfProduct(with: told))"
    return ratio.floorOfProduct(with: told) == 0 ? "\(product), so 1" : product
  }

  private func reason(_ notification: Notification) -> String {
    let told = notification.previousCount ?? 0
    let age =
      notification.previousInstant
      .map { (notification.instant - $0).decimalSeconds } ?? "?"
    switch notification.cause {
    case .firstIn: return "by rule 3: the first open connection here was greeted"
    case .change(let change, _):
      return "by rule 4 (a): a change of \(change) from what was told or greeted,"
        + " threshold \(thresholdInWords(told)); \(age) s after the previous notification"
        + " (notify-min-delay \(configuration.notifyMinDelay.decimalSeconds))"
    case .maximumDelay:
      return "by rule 4 (b): \(age) s after the previous notification"
        + " (notify-max-delay \(configuration.notifyMaxDelay.decimalSeconds))"
    case .unknown: return "before this part of the log"
    }
  }

  /// Why no count is sent at the moment, and when the next one is.
  private var outlook: String {
    guard let state else { return "nothing: the namespace does not exist" }
    guard state.open > 0 else { return "nothing: no connection is open here" }
    guard state.members > 0 || state.observers > 0 else {
      return "nothing: nobody is counted (the change of \(state.change) waits for a member)"
    }
    let threshold = configuration.notificationThreshold(told: state.told)
    let latest = time(state.toldAt + configuration.notifyMaxDelay)
    if state.change < threshold {
      let distance =
        state.change == 0
        ? "nothing has changed"
        : "a change of \(state.change) is \(threshold - state.change) below the threshold"
      return "\(distance); told again at \(latest) at the latest (notify-max-delay)"
    }
    let earliest = time(state.toldAt + configuration.notifyMinDelay)
    return "a change of \(state.change) is enough; throttled until \(earliest)"
      + " (notify-min-delay)"
  }

  private func list(_ history: NamespaceHistory, _ heading: String) -> [String] {
    let rows = history.bursts.flatMap { burst in
      burst.entries.isEmpty
        ? [(burst.first.instant, burst.text)] : burst.entries.map { ($0.instant, $0.text) }
    }
    if rows.isEmpty { return ["", heading, "  nothing"] }
    let times = rows.map { $0.0.decimalSeconds }
    let clocks = rows.map { row in wallStart.map { $0.time(at: row.0).timeOfDay + "Z" } ?? "" }
    let columns = [times, clocks].map { column in
      let width = column.reduce(0) { max($0, $1.count) }
      return column.map { $0.padded(to: width == 0 ? 0 : width + 2) }
    }
    return ["", heading]
      + rows.indices.map { "  \(columns[0][$0])\(columns[1][$0])\(rows[$0].1)" }
  }
}

extension String {
  /// The text, filled with blanks at its end to at least `width` characters.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

extension HistoryBurst {
  /// The burst without its time: `92 closes in 0.2 s: 94 → 2 members`.
  package var text: String {
    let duration = last.instant - first.instant
    let place = duration == .zero ? "at once" : "in \(duration.inWords)"
    let parts = totals.map { $0.sum.text($0.count) }.joined(separator: ", ")
    return "\(parts) \(place): \(first.membersBefore) → \(last.counts)"
  }
}

extension HistorySum {
  fileprivate func text(_ count: UInt64) -> String {
    func counted(_ one: String, _ many: String) -> String {
      "\(count.grouped) \(count == 1 ? one : many)"
    }
    return switch self {
    case .opens: counted("open", "opens")
    case .counted: "\(count.grouped) counted"
    case .closes: counted("close", "closes")
    case .cuts: counted("cut", "cuts")
    case .restarts: counted("restart", "restarts")
    case .pings: counted("ping", "pings")
    case .leaves: counted("leave", "leaves")
    case .exclusions: counted("exclusion", "exclusions")
    case .gone: "\(count.grouped) gone"
    case .arrivals: counted("arrival", "arrivals")
    case .moves: counted("move to another node", "moves to other nodes")
    case .transfers: counted("move between other nodes", "moves between other nodes")
    case .expired: counted("end (expired)", "ends (expired)")
    case .excluded: counted("end (excluded)", "ends (excluded)")
    case .superseded: counted("end (superseded)", "ends (superseded)")
    case .stopped: counted("refusal (stopped)", "refusals (stopped)")
    case .full: counted("refusal (full)", "refusals (full)")
    case .reports: counted("report of another node", "reports of other nodes")
    case .remoteChanges: counted("loss of other nodes' counts", "losses of other nodes' counts")
    case .externalReports: counted("external count", "external counts")
    case .externalChanges: counted("loss of external counts", "losses of external counts")
    case .states: counted("state of a snapshot", "states of snapshots")
    case .retirements: counted("retirement", "retirements")
    case .notifications: counted("notification", "notifications")
    }
  }
}

extension HistoryEntry {
  /// The entry without its time: `open 7, greeted with 3 → 3 members`.
  package var text: String { "\(kind.text) → \(counts)" }

  /// The counts afterwards: `3 members, 1 pending`.
  fileprivate var counts: String {
    "\(members) \(members == 1 ? "member" : "members")"
      + (pending > 0 ? ", \(pending) pending" : "")
  }
}

extension Explanation.Cause {
  fileprivate var ruleInWords: String {
    switch self {
    case .firstIn: " by rule 3"
    case .change(let change, _): " by rule 4 (a), a change of \(change)"
    case .maximumDelay: " by rule 4 (b)"
    case .unknown: ""
    }
  }
}

extension HistoryEntry.Kind {
  fileprivate var text: String {
    switch self {
    case .opened(let connection, let greeting): "open \(connection), greeted with \(greeting)"
    case .closed(let connection, let grace): "close \(connection)\(Self.words(for: grace))"
    case .cut(let connection, let grace): "cut \(connection)\(Self.words(for: grace))"
    case .restarted(let streams): "restart, \(streams) \(streams == 1 ? "stream" : "streams") gone"
    case .excluded(let viewer): "exclude \(String(decoding: viewer, as: UTF8.self))"
    case .pinged(let viewer, let answer):
      "ping \(String(decoding: viewer, as: UTF8.self)), answered with \(answer)"
    case .left(let viewer): "leave \(String(decoding: viewer, as: UTF8.self))"
    case .arrived(let connection, let node): "arrived \(connection) from node \(Self.name(node))"
    case .moved(let node): "a viewer moved to node \(Self.name(node))"
    case .transferred(let from, let to):
      "a viewer moved from node \(Self.name(from)) to node \(Self.name(to))"
    case .ended(let connection, let reason, let grace):
      "end \(connection) (\(reason.word))\(Self.words(for: grace))"
    case .gone(let viewers): "gone after grace or ping: \(viewers)"
    case .refused(let connection, let reason): "refuse \(connection) (\(reason.word))"
    case .counted(let connections): "counted after increment-delay: \(connections)"
    case .peer(let node, let members):
      "node \(Self.name(node)) reports \(members)"
    case .remoteChanged: "counts of other nodes expired, or their node sent a goodbye"
    case .external(let source, let members):
      "source \(String(decoding: source, as: UTF8.self)) says \(members)"
    case .externalChanged: "external counts expired"
    case .restored: "the state in the snapshot of the log"
    case .retired: "retired"
    case .notified(let count, let cause): "told \(count)\(cause.ruleInWords)"
    }
  }

  private static func name(_ node: [UInt8]) -> String {
    String(decoding: TextEscape.visible(node), as: UTF8.self)
  }

  /// Until when a viewer without a stream is counted, and as which setting says.
  private static func words(for grace: Grace?) -> String {
    guard let grace else { return "" }
    let option = grace.isReturning ? "restart-delay" : "decrement-delay"
    return ", counted until \(grace.until.decimalSeconds) s, as \(option)"
  }
}
