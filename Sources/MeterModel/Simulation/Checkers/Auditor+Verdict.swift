// The agreement of the auditor and the meter: the totals at any time, each namespace at the end,
// and the size of the meter's tables.

extension Auditor {
  /// The difference between the meter's totals and the auditor's; nil if there is none. O(1)
  func violation(in meter: Meter) -> String? {
    if meter.openConnections != openCount {
      return "\(meter.openConnections) connections are open, not \(openCount)"
    }
    if meter.localMembers != countedNow {
      return "there are \(meter.localMembers) members, not \(countedNow)"
    }
    if meter.namespaceCount != namespaceCount {
      return "there are \(meter.namespaceCount) namespaces, not \(namespaceCount)"
    }
    return memoryViolation(of: meter)
  }

  /// The violation of the memory bound; nil if there is none. A table of the meter may be as long
  /// as the largest number in its input. The order of creation may have twice as many entries as
  /// there are namespaces, and 66 more.
  private func memoryViolation(of meter: Meter) -> String? {
    let limits = [
      ("connections", meter.connections.count, connections.count),
      ("namespaces", meter.namespaces.count, audiences.count),
      ("viewer ids", meter.identified.holds.count, viewerNumbers),
      ("remote counts", meter.remotes.count, remotes.count),
      ("external counts", meter.externals.counts.count, maximumExternals),
      ("kept messages", meter.kept.messages.count, maximumKept),
      ("creations", meter.creations.count, 2 * Int(namespaceCount) + 66),
    ]
    for (name, count, most) in limits where count > most {
      return "the table of \(name) has \(count) entries where \(most) would do"
    }
    return nil
  }

  /// The violation after a long time without events; nil if there is none. By then every namespace
  /// must have been notified within the max delay of its last change, no connection may have
  /// outlived the maximum duration, and every number of every namespace must be that of the
  /// auditor. O(connections + namespaces)
  mutating func verdict(on meter: Meter) -> String? {
    for place in connections.indices where isOverdue(place) {
      return "connection \(place) outlived the maximum duration"
    }
    for (place, audience) in audiences.enumerated() {
      let statistics = meter.statistics(of: NamespaceID(UInt32(place)))
      guard statistics?.members == (audience.exists ? audience.members : nil) else {
        return "namespace \(place) has \(audience.members) members, not "
          + String(describing: statistics)
      }
      guard audience.exists, audience.isTold else { continue }
      let isQuiet = now - audience.changedAt >= configuration.notifyMaxDelay
      if isQuiet && audience.told != audience.members {
        return "namespace \(place) was last sent \(audience.told), but has "
          + "\(audience.members) members"
      }
    }
    return statisticsViolation(in: meter) ?? violation(in: meter)
  }

  /// The violation in the peaks and the member seconds of a meter; nil if there is none.
  /// O(namespaces)
  package func statisticsViolation(in meter: some MeterProtocol) -> String? {
    for (place, audience) in audiences.enumerated() where audience.exists {
      guard let statistics = meter.statistics(of: NamespaceID(UInt32(place))) else {
        return "namespace \(place) does not exist"
      }
      let seconds = UInt64(
        min(audience.memberTime(until: now) / 1_000_000_000, UInt128(Int64.max)))
      guard statistics.peak == audience.peak, statistics.peakAt == audience.peakAt,
        statistics.memberSeconds == seconds
      else {
        return "namespace \(place) had its peak of \(audience.peak) at "
          + "\(audience.peakAt.decimalSeconds) and \(seconds) member seconds, not \(statistics)"
      }
    }
    return nil
  }

  /// The members that are counted on this node, by the auditor.
  func localMembers(of namespace: Int) -> UInt64 {
    namespace < audiences.count ? UInt64(audiences[namespace].counted) : 0
  }
}
