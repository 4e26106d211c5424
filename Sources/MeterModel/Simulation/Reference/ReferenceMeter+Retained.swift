// Retained messages (§2 rule 13).

extension ReferenceMeter {
  /// A message that is kept in a namespace. The list of all is in the order of rule 13: "… services
  /// in the order of their first."
  struct KeptMessage {
    let namespace: NamespaceID
    let service: ServiceID
    var message: MessageID
    var bytes: UInt32
  }

  mutating func judgeRetained(
    _ message: MessageID, of service: ServiceID, in namespace: NamespaceID, bytes: UInt32,
    into effects: inout EffectBuffer
  ) {
    // "… and the text is kept with the namespace, if that exists, …" No stream is open otherwise.
    guard let index = index(of: namespace) else { return }
    let former = kept.firstIndex { $0.namespace == namespace && $0.service == service }

    // "An empty text is not sent and ends the keeping."
    if bytes == 0 {
      if let former, fault != .keepsAfterEmptyText { kept.remove(at: former) }
      if fault == .sendsEmptyText {
        judgeMessage(message, to: namespace, into: &effects)
      }
      return
    }

    // "At most 16 services and 65,536 bytes of text a namespace (of texts alone, less what it
    // replaces); past that it is rejected, and nobody is sent it."
    let others = kept.filter { $0.namespace == namespace && $0.service != service }
    var sum = bytes
    for other in others { sum += other.bytes }
    if let former, fault == .countsReplacedText { sum += kept[former].bytes }
    let maximumServices = fault == .admitsService17 ? 17 : 16
    let maximumBytes: UInt32 = fault == .admitsTooManyBytes ? 65_537 : 65_536
    guard others.count < maximumServices, sum <= maximumBytes else {
      effects.append(
        .reject(.retain(namespace, service)), at: now, namespace: namespaces[index].ordinal)
      if fault == .sendsRejected { judgeMessage(message, to: namespace, into: &effects) }
      return
    }

    // "… in place of the service's former one …" "A service that is kept again after an empty text
    // is the last."
    let text = KeptMessage(
      namespace: namespace, service: service, message: message, bytes: bytes)
    if let former, fault != .ordersByLast {
      kept[former] = text
    } else {
      if let former { kept.remove(at: former) }
      kept.append(text)
    }
    // "`retain(namespace, service, text)` is the message `service=text` …"
    judgeMessage(message, to: namespace, into: &effects)
  }

  /// "… each new stream there is sent what is kept, after its greeting, …" To be called after that.
  func sendKept(
    to id: ConnectionID, _ ordinal: ConnectionOrdinal, in index: Int,
    into effects: inout EffectBuffer
  ) {
    for text in kept where text.namespace == namespaces[index].id {
      effects.append(
        .send(id, text.namespace, text.message), at: now, connection: ordinal,
        namespace: namespaces[index].ordinal)
    }
  }

  /// "… kept with the namespace …" To be called when a namespace retires.
  mutating func forgetKept(in namespace: NamespaceID) {
    if fault != .keepsOverRetirement { kept.removeAll { $0.namespace == namespace } }
  }
}
