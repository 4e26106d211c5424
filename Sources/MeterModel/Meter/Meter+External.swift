// External counts (§2 rule 11): members that a source outside of the cluster counts, such as the
// viewers on a video platform. A count is valid until its source reports again or is silent for too
// long.

extension Meter {
  mutating func externalReported(
    _ source: SourceID, _ namespace: NamespaceID, members: UInt64,
    into effects: inout EffectBuffer
  ) {
    let first = exists(namespace) ? namespaces[Int(namespace.number)].firstExternal : .max
    let (former, sources) = externals.find(source, from: first)
    if let former {
      guard members <= Configuration.maximumCount else {
        effects.append(.reject(.external(source, namespace)), at: now)
        return
      }
      guard members > 0 else {
        forgetExternal(former, into: &effects)
        return
      }
      namespaces[Int(namespace.number)].remoteMembers -=
        UInt128(externals.counts[Int(former)].members)
      externals.replace(former, members: members, at: now)
    } else {
      guard members > 0 else { return }
      guard members <= Configuration.maximumCount, sources < Configuration.maximumSources,
        exists(namespace) || hasRoomForNamespace
      else {
        effects.append(.reject(.external(source, namespace)), at: now)
        return
      }
      createIfUnknown(namespace)
      namespaces[Int(namespace.number)].firstExternal = externals.add(
        source, namespace.number, members: members, at: now, to: first)
    }
    namespaces[Int(namespace.number)].remoteMembers += UInt128(members)
    peakMembers = max(peakMembers, ownMembers)
    remoteMembersChanged(namespace.number)
  }

  /// Forgets the external counts that were not repeated in time.
  mutating func expireExternalCounts(into effects: inout EffectBuffer) {
    while externals.firstSince + configuration.externalTimeout <= now {
      forgetExternal(externals.oldest, into: &effects)
    }
  }

  private mutating func forgetExternal(_ place: UInt32, into effects: inout EffectBuffer) {
    let count = externals.counts[Int(place)]
    let namespace = Int(count.namespace)
    namespaces[namespace].remoteMembers -= UInt128(count.members)
    if externals.remove(place, from: &namespaces[namespace].firstExternal) {
      effects.forget(count.source)
    }
    remoteMembersChanged(count.namespace)
  }
}

// MARK: - Questions

extension Meter {
  /// The members of this node in all namespaces: its counted connections and the external counts,
  /// at most 2⁶³ − 1. Inlined, because a call copies the whole meter, and each count asks for it.
  @inline(__always)
  package var ownMembers: UInt64 {
    UInt64(min(UInt128(localMembers) + externals.members, UInt128(Configuration.maximumCount)))
  }

  /// The members of this node in a namespace, at most 2⁶³ − 1; 0 if it does not exist.
  package func ownMembers(of namespace: NamespaceID) -> UInt64 {
    guard exists(namespace) else { return 0 }
    let state = namespaces[Int(namespace.number)]
    return min(
      UInt64(state.localMembers) + externals.members(from: state.firstExternal),
      Configuration.maximumCount)
  }

  /// Whether a source has a count in some namespace.
  package func isKnown(_ source: SourceID) -> Bool { externals.isKnown(source) }

  /// The members that other nodes are told of an existing namespace: those of this node, at most
  /// 2⁵³ − 1, the largest number of a datagram.
  @inline(__always)
  func reportedMembers(_ number: Int) -> UInt64 {
    let viewers = UInt64(namespaces[number].localMembers)
    let first = namespaces[number].firstExternal
    return first == .max
      ? viewers : min(viewers + externals.members(from: first), (1 << 53) - 1)
  }
}

// MARK: - Snapshots and audits

extension Meter {
  /// Restores the external counts. Precondition: the namespaces are restored.
  mutating func restore(
    _ saved: ContiguousArray<MeterSnapshot.External>
  ) throws(SnapshotError) {
    var latest = Instant.start
    for external in saved {
      let place = Int(external.namespace.number)
      guard exists(external.namespace), (latest...now).contains(external.reportedAt),
        (1...Configuration.maximumCount).contains(external.members)
      else { throw SnapshotError(reason: "an external count is impossible") }
      let first = namespaces[place].firstExternal
      let (former, sources) = externals.find(external.source, from: first)
      guard former == nil, sources < Configuration.maximumSources else {
        throw SnapshotError(reason: "a source is there twice, or a namespace has 17")
      }
      latest = external.reportedAt
      namespaces[place].firstExternal = externals.add(
        external.source, external.namespace.number, members: external.members,
        at: external.reportedAt, to: first)
      namespaces[place].remoteMembers += UInt128(external.members)
    }
  }

  /// The sum of the external counts of a namespace, which were checked.
  func checkedExternals(of number: UInt32) throws(BrokenInvariant) -> UInt128 {
    var (sum, length) = (UInt128(0), 0)
    var index = namespaces[Int(number)].firstExternal
    while index != .max {
      let count = externals.counts[Int(index)]
      try expect(count.namespace == number, "an external count is in the wrong chain")
      try expect(count.members > 0, "an external count of \(number) is 0")
      sum += UInt128(count.members)
      length += 1
      index = count.next
    }
    try expect(length <= Configuration.maximumSources, "\(number) has \(length) sources")
    return sum
  }

  func checkExternals() throws(BrokenInvariant) {
    var (sum, count) = (UInt128(0), 0)
    var uses = externals.uses
    for external in externals.counts where external.namespace != .max {
      sum += UInt128(external.members)
      count += 1
      uses[Int(external.source.number)] -= 1
    }
    try expect(uses.allSatisfy { $0 == 0 }, "the uses of the sources are wrong")
    try expect(sum == externals.members, "all external members are wrong")
    try expect(count == externals.count, "the queue of external counts is wrong")
  }
}
