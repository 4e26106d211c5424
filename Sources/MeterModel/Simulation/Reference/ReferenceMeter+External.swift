// External counts (§2 rule 11).

extension ReferenceMeter {
  mutating func judgeExternal(
    _ source: SourceID, _ namespace: NamespaceID, members: UInt64,
    into effects: inout EffectBuffer
  ) {
    // "The report of a 17th source and a number above 2⁶³ − 1 are rejected."
    guard members <= Self.maximumCount else {
      return effects.append(.reject(.external(source, namespace)), at: now)
    }
    let known = index(of: namespace)
    if members == 0 {
      // "It is forgotten … at once when the source reports 0." "A report of 0 creates nothing."
      guard let known, forgetsZeroCounts else { return }
      namespaces[known].externals.removeAll { $0.source == source }
      return noteVacancy(known)
    }
    // Rule 16: "… an external count that would create a namespace past the limit …"
    let others = known.map { namespaces[$0].externals.filter { $0.source != source }.count } ?? 0
    guard known != nil || namespaces.count < configuration.maximumNamespaces,
      others < maximumSources
    else { return effects.append(.reject(.external(source, namespace)), at: now) }

    // "It replaces what that source last reported of that namespace."
    let index = known ?? create(namespace)
    namespaces[index].externals.removeAll { $0.source == source }
    namespaces[index].externals.append(
      ExternalCount(source: source, members: members, reported: nextMoment()))
    // Rule 15: only a namespace without members is retired.
    namespaces[index].vacant = nil
  }

  /// "It is forgotten `external-timeout` after that report." In the order of the reports.
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
