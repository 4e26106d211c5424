// External counts (§2 rule 11).

extension ReferenceMeter {
  mutating func judgeExternal(
    _ source: SourceID, _ namespace: NamespaceID, members: UInt64,
    into effects: inout EffectBuffer
  ) {
    // A number out of range makes no sense, so it is rejected and changes nothing.
    guard members <= Self.maximumCount else {
      return effects.append(.reject(.external(source, namespace)), at: now)
    }
    let known = index(of: namespace)
    if members == 0 {
      // "… or at once when it says 0." Only "more than 0 creates the namespace".
      guard let known, fault != .ignoresExternalZero else { return }
      namespaces[known].externals.removeAll { $0.source == source }
      return noteVacancy(known)
    }
    // Rule 16: "A peer, an external count or a ping that would create a namespace past the second
    // is rejected, and so is a 17th source."
    let others = known.map { namespaces[$0].externals.filter { $0.source != source }.count } ?? 0
    guard known != nil || namespaces.count < configuration.maximumNamespaces,
      others < (fault == .admitsSource17 ? 17 : 16)
    else { return effects.append(.reject(.external(source, namespace)), at: now) }

    // "… replaces what that source last said of that namespace."
    let index = known ?? create(namespace)
    namespaces[index].externals.removeAll { $0.source == source }
    namespaces[index].externals.append(
      ExternalCount(source: source, members: members, reported: nextMoment()))
    // Rule 15: only a namespace without members is retired.
    namespaces[index].vacant = nil
  }

  /// "… and is forgotten `external-timeout` after it was last said." In the order of the reports.
  mutating func forgetDueExternals() {
    while let (namespace, external) = firstExternalToForget {
      namespaces[namespace].externals.remove(at: external)
      noteVacancy(namespace)
    }
  }

  private var firstExternalToForget: (namespace: Int, external: Int)? {
    var first: (namespace: Int, external: Int)?
    var firstOrder = UInt64.max
    for namespace in namespaces.indices {
      for (index, external) in namespaces[namespace].externals.enumerated()
      where expiryInstant(of: external) <= now && external.reported.order < firstOrder {
        firstOrder = external.reported.order
        first = (namespace, index)
      }
    }
    return first
  }

  /// The instant at which an external count is forgotten.
  func expiryInstant(of external: ExternalCount) -> Instant {
    external.reported.instant + configuration.externalTimeout
  }
}
