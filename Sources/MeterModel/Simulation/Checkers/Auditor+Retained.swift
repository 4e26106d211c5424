// Retained messages as the auditor judges them (§2 rule 13).

extension Auditor {
  /// A message that is kept. The messages of a namespace are in the order in which their services
  /// were first kept.
  struct Kept {
    let service: ServiceID
    var message: MessageID
    var bytes: UInt32
  }

  mutating func retained(
    _ namespace: NamespaceID, _ service: ServiceID, _ message: MessageID, _ bytes: UInt32
  ) -> String? {
    let place = Int(namespace.number)
    guard exists(place) else {
      note(.retainedNowhere)
      return nil
    }
    var texts = kept[place] ?? []
    let former = texts.firstIndex { $0.service == service }
    guard bytes > 0 else {
      guard let former else { return nil }
      note(.retentionEnded)
      texts.remove(at: former)
      kept[place] = texts.isEmpty ? nil : texts
      return nil
    }
    let replaced = former.map { texts[$0].bytes } ?? 0
    let sum = texts.reduce(bytes) { $0 + $1.bytes } - replaced
    let isPastServices = former == nil && texts.count >= Configuration.maximumServices
    if isPastServices || sum > Configuration.maximumKeptBytes {
      note(isPastServices ? .rejectedService : .rejectedText)
      return expect(.reject(.retain(namespace, service)))
    }
    if let former {
      texts[former] = Kept(service: service, message: message, bytes: bytes)
      note(.retainedAnew, if: former + 1 < texts.count)
    } else {
      texts.append(Kept(service: service, message: message, bytes: bytes))
    }
    kept[place] = texts
    maximumKept = max(maximumKept, kept.values.reduce(0) { $0 + $1.count })
    guard audiences[place].open > 0 else { return nil }
    return expect(.message(namespace, message))
  }

  /// Expects what is kept for a new connection. To be called after its greeting.
  mutating func sendKept(to id: ConnectionID, in namespace: NamespaceID) -> String? {
    guard !kept.isEmpty, let texts = kept[Int(namespace.number)] else { return nil }
    note(.sentKept)
    note(.sentSeveralKept, if: texts.count > 2)
    for text in texts {
      if let wrong = expect(.send(id, namespace, text.message)) { return wrong }
    }
    return nil
  }

  /// Forgets what is kept in a namespace that retires.
  mutating func forgetKept(in namespace: Int) {
    note(.retiredKept, if: kept.removeValue(forKey: namespace) != nil)
  }
}
