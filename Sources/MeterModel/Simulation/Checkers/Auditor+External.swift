// External counts as the auditor judges them (§2 rule 11).

extension Auditor {
  mutating func external(
    _ source: SourceID, _ namespace: NamespaceID, _ members: UInt64
  ) -> String? {
    let place = Int(namespace.number)
    let key = UInt64(source.number) << 32 | UInt64(namespace.number)
    let former = externals[key]
    let isRejected: Bool
    if members > UInt64(Int64.max) {
      isRejected = true
    } else if members == 0 || former != nil {
      isRejected = false
    } else if exists(place) {
      isRejected = audiences[place].sources >= Configuration.maximumSources
      note(.rejectedSource, if: isRejected)
    } else {
      isRejected = namespaceCount >= configuration.maximumNamespaces
      note(.externalPastLimit, if: isRejected)
    }
    if isRejected { return expect(.reject(.external(source, namespace))) }
    if members == 0 {
      guard former != nil else { return nil }
      forgetExternal(key)
      note(.externalEnded)
      return nil
    }
    note(.createdByExternal, if: !exists(place))
    create(place)
    if let former {
      audiences[place].external -= UInt128(former.members)
    } else {
      audiences[place].sources += 1
    }
    audiences[place].external += UInt128(members)
    externals[key] = Report(members: members, at: now)
    maximumExternals = max(maximumExternals, externals.count)
    externalReports.append(ReportEntry(since: now, key: key))
    touch(place)
    return nil
  }

  /// Forgets the counts whose timeout is over.
  mutating func forgetDueExternals() {
    while let entry = externalReports.first, entry.since + configuration.externalTimeout <= now {
      externalReports.popFirst()
      guard let count = externals[entry.key], count.at == entry.since else { continue }
      forgetExternal(entry.key)
      let audience = audiences[Int(entry.key & 0xFFFF_FFFF)]
      note(.externalExpired)
      note(
        .externalExpiredAtNotification,
        if: audience.open > 0 && audience.toldAt + configuration.notifyMaxDelay == now)
    }
  }

  private mutating func forgetExternal(_ key: UInt64) {
    guard let count = externals.removeValue(forKey: key) else { return }
    let place = Int(key & 0xFFFF_FFFF)
    audiences[place].external -= UInt128(count.members)
    audiences[place].sources -= 1
    touch(place)
  }
}
