// What must hold between the books and the meter: its totals at any time, each namespace at the end, and
// the size of its tables.

extension Auditor {
  /// How the meter's totals differ from the books; nil when they do not. O(1).
  func complaint(about meter: Meter) -> String? {
    if meter.openConnections != openCount {
      return "\(meter.openConnections) connections are open, not \(openCount)"
    }
    if meter.localMembers != countedNow {
      return "there are \(meter.localMembers) members, not \(countedNow)"
    }
    if meter.namespaceCount != namespaceCount {
      return "there are \(meter.namespaceCount) namespaces, not \(namespaceCount)"
    }
    return complaintAboutMemory(of: meter)
  }

  /// The meter's tables may be as long as the largest number that it was given, and no longer; what it
  /// keeps of the past, as long as what it keeps of the present.
  private func complaintAboutMemory(of meter: Meter) -> String? {
    let limits = [
      ("connections", meter.connections.count, connections.count),
      ("namespaces", meter.namespaces.count, audiences.count),
      ("viewer ids", meter.viewers.count, holders.count),
      ("remote counts", meter.remotes.count, remotes.count),
      ("creations", meter.creations.count, 2 * Int(namespaceCount) + 66),
    ]
    for (name, count, most) in limits where count > most {
      return "the table of \(name) has \(count) entries where \(most) would do"
    }
    return nil
  }

  /// What is wrong when all has been quiet: everybody must have been told the truth within the max delay
  /// of the last change, nobody may have outlived the maximum duration, and every figure of every
  /// namespace must be that of the books. O(connections + namespaces).
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
      guard audience.exists, audience.open > 0, audience.members > 0 else { continue }
      let isQuiet = now - audience.changedAt >= configuration.notifyMaxDelay
      if isQuiet && audience.told != audience.members {
        return "namespace \(place) was last told \(audience.told), but has "
          + "\(audience.members) members"
      }
    }
    return complaint(about: meter)
  }

  /// Members that are counted on this node, by the books.
  func localMembers(of namespace: Int) -> UInt64 {
    namespace < audiences.count ? UInt64(audiences[namespace].counted) : 0
  }
}
