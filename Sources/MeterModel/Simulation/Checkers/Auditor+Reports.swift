// Counts of other nodes, and viewers who move between nodes (§2 rules 10 and 18).

extension Auditor {
  private func reportKey(_ node: NodeID, _ place: Int) -> UInt64 {
    UInt64(node.number) << 32 | UInt64(place)
  }

  /// Replaces what a node last said of a namespace.
  mutating func setReport(of node: NodeID, in place: Int, members: UInt64, at instant: Instant) {
    let key = reportKey(node, place)
    if let report = remotes[key] {
      audiences[place].remote -= UInt128(report.members)
    } else {
      reportedBy[node, default: []].append(key)
    }
    audiences[place].remote += UInt128(members)
    let isNew = remotes[key]?.at != instant || remotes[key]?.members == 0
    remotes[key] = Report(members: members, at: instant)
    if members > 0 && isNew { reports.append(ReportEntry(since: instant, key: key)) }
    touch(place)
  }

  /// Forgets a node's report of a namespace.
  mutating func forgetReport(_ key: UInt64) {
    guard let report = remotes[key] else { return }
    let place = Int(key & 0xFFFF_FFFF)
    remotes[key]?.members = 0
    audiences[place].remote -= UInt128(report.members)
    touch(place)
  }

  /// Takes what a node said as 1 lower. Returns false if it has said none.
  @discardableResult private mutating func lowerReport(of node: NodeID, in place: Int) -> Bool {
    guard let report = remotes[reportKey(node, place)], report.members > 0 else {
      note(.moveFromNobody)
      return false
    }
    note(.reportEmptiedByMove, if: report.members == 1)
    setReport(of: node, in: place, members: report.members - 1, at: report.at)
    return true
  }

  /// Takes what a node said as 1 higher; if it had said none, as if it said 1 now.
  private mutating func raiseReport(of node: NodeID, in place: Int) {
    guard let report = remotes[reportKey(node, place)], report.members > 0 else {
      note(.moveToNobody)
      return setReport(of: node, in: place, members: 1, at: now)
    }
    let members = min(report.members + 1, UInt64(Int64.max))
    setReport(of: node, in: place, members: members, at: report.at)
  }

  /// Another node has given up the viewer of an arriving stream.
  mutating func arrived(_ id: ConnectionID, from node: NodeID) -> String? {
    let place = Int(id.number)
    guard place < connections.count, connections[place].phase == .arriving else {
      note(.arrivedForNothing)
      return nil
    }
    guard !isOverdue(place) else { return overdue }
    let home = connections[place].namespace
    note(.arrived)
    note(.arrivedForOther, if: connections[place].opened != connections[place].since)
    connections[place].phase = .member
    connections[place].since = now
    audiences[home].viewers += 1
    audiences[home].counted += 1
    countedNow += 1
    lowerReport(of: node, in: home)
    touch(home)
    return nil
  }

  /// Another node has the viewer of a stream of this node.
  mutating func moved(_ stream: ConnectionKey, to node: NodeID) -> String? {
    let place = Int(stream.connection.number)
    if place < connections.count, connections[place].isOpen,
      connections[place].ordinal == stream.ordinal
    {
      return movedOpen(place, to: node)
    }
    guard let departure = departures.removeValue(forKey: ViewerKey(stream.ordinal)) else {
      note(.movedGone)
      return nil
    }
    note(departure.isReturning ? .movedReturning : .movedLeaving)
    leave(departure.namespace, wasMember: true)
    raiseReport(of: node, in: departure.namespace)
    return nil
  }

  private mutating func movedOpen(_ place: Int, to node: NodeID) -> String? {
    guard !isOverdue(place) else { return overdue }
    let (phase, home) = (connections[place].phase, connections[place].namespace)
    switch phase {
    case .absent, .dismissed, .observer, .named:
      note(.movedForNothing)
      return nil
    case .arriving:
      note(.movedArriving)
      removeStream(place, becomes: .dismissed)
    case .pending:
      note(.movedPending)
      removeStream(place, becomes: .dismissed)
      leave(home, wasMember: false)
    case .member:
      note(.movedMember)
      removeStream(place, becomes: .dismissed)
      leave(home, wasMember: true)
      raiseReport(of: node, in: home)
    }
    return expect(.end(ConnectionID(UInt32(place)), .superseded))
  }

  /// A viewer moved between two other nodes. From a node to itself it means nothing.
  mutating func transferred(_ namespace: NamespaceID, from: NodeID, to: NodeID) {
    let place = Int(namespace.number)
    guard exists(place), from != to, lowerReport(of: from, in: place) else { return }
    note(.transferred)
    raiseReport(of: to, in: place)
  }
}
