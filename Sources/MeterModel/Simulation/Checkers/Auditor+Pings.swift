// Pings and leaves of viewers with shared ids (§2 rule 9).

extension Auditor {
  mutating func pinged(_ namespace: NamespaceID, _ id: ViewerID) -> String? {
    let key = ViewerKey(id, in: namespace.number)
    let viewer = configuration.viewerIDs == .shared ? viewers[key] : nil
    if let rejected = rejection(of: viewer, in: namespace, id) {
      note(rejected)
      return expect(.reject(.ping(namespace, id)))
    }
    if let viewer {
      notePing(of: viewer, isLeaving: departures[key] != nil)
    } else {
      note(.pingedNew)
      create(key.namespace)
      addViewer(key)
    }
    if viewer?.pingedAt == nil { pingCount += 1 }
    viewers[key]?.pingedAt = now
    pings.append(ViewerEntry(since: now, key: key))
    touch(key.namespace)
    let members = audiences[key.namespace].members
    let isPending = !(viewers[key]?.isMember ?? false)
    return expect(
      .pong(namespace, id, count: min(members + (isPending ? 1 : 0), UInt64(Int64.max))))
  }

  /// The reason to reject a ping of a viewer; nil if there is none.
  private func rejection(
    of viewer: Viewer?, in namespace: NamespaceID, _ id: ViewerID
  ) -> Milestone? {
    guard configuration.viewerIDs == .shared, id != .none else { return .rejectedPing }
    if viewer?.pingedAt == nil && pingCount >= configuration.maximumPings { return .pingPastLimit }
    if !exists(Int(namespace.number)) && namespaceCount >= configuration.maximumNamespaces {
      return .pingPastNamespaces
    }
    return nil
  }

  private mutating func notePing(of viewer: Viewer, isLeaving: Bool) {
    note(.pingRenewed, if: viewer.pingedAt != nil && viewer.streams == 0)
    note(.pingedOpen, if: viewer.streams > 0)
    note(.pingedLeaving, if: isLeaving)
    note(.pingedPending, if: !viewer.isMember)
  }

  mutating func left(_ namespace: NamespaceID, _ id: ViewerID) -> String? {
    guard configuration.viewerIDs == .shared else {
      note(.rejectedLeave)
      return expect(.reject(.leave(namespace, id)))
    }
    let key = ViewerKey(id, in: namespace.number)
    guard let viewer = viewers[key] else {
      note(.leftUnknown)
      return nil
    }
    note(.leaveEndedGrace, if: departures[key] != nil)
    departures[key] = nil
    endPing(key)
    note(endIfAlone(key) ? .leaveEnded : .leaveOfOpen)
    note(.leaveEndedPending, if: !viewer.isMember && viewer.streams == 0)
    return nil
  }

  private mutating func endPing(_ key: ViewerKey) {
    guard viewers[key]?.pingedAt != nil else { return }
    viewers[key]?.pingedAt = nil
    pingCount -= 1
  }

  /// Ends the pings whose timeout is over.
  mutating func endDuePings() {
    while let entry = pings.first, entry.since + configuration.pingTimeout <= now {
      pings.popFirst()
      guard let viewer = viewers[entry.key], viewer.pingedAt == entry.since else { continue }
      endPing(entry.key)
      note(endIfAlone(entry.key) ? .pingEnded : .pingEndedOfKept)
      note(.pingEndedPending, if: viewers[entry.key] == nil && !viewer.isMember)
    }
  }
}
