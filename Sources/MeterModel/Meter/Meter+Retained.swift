// Retained messages (§2 rule 13): a message that is kept with its namespace, in place of the last
// one of the same service, and that each new stream is sent after its greeting.

extension Meter {
  mutating func retained(
    _ message: MessageID, of service: ServiceID, in namespace: NamespaceID, bytes: UInt32,
    into effects: inout EffectBuffer
  ) {
    guard exists(namespace) else { return }
    let place = Int(namespace.number)
    let (former, services, otherBytes) = kept.find(service, from: namespaces[place].firstKept)
    guard bytes > 0 else {
      if let former { kept.remove(former, from: &namespaces[place].firstKept) }
      return
    }
    // The difference cannot overflow: the other texts have at most the limit.
    guard bytes <= Configuration.maximumKeptBytes - otherBytes,
      former != nil || services < Configuration.maximumServices
    else {
      effects.append(
        .reject(.retain(namespace, service)), at: now, namespace: namespaces[place].ordinal)
      return
    }
    if let former {
      kept.replace(former, message, bytes: bytes)
    } else {
      kept.add(service, message, bytes: bytes, to: &namespaces[place].firstKept)
    }
    deliver(message, to: namespace, into: &effects)
  }

  /// Sends a new connection what is kept in its namespace. To be called after its greeting, when
  /// its ordinal is `lastOrdinal`.
  @inline(__always)
  mutating func sendKept(
    to id: ConnectionID, in namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    let first = namespaces[Int(namespace.number)].firstKept
    if first != .max { sendKept(from: first, to: id, in: namespace, into: &effects) }
  }

  private mutating func sendKept(
    from first: UInt32, to id: ConnectionID, in namespace: NamespaceID,
    into effects: inout EffectBuffer
  ) {
    kept.visit(from: first) { message in
      effects.append(
        .send(id, namespace, message.message), at: now, connection: lastOrdinal,
        namespace: namespaces[Int(namespace.number)].ordinal)
    }
  }

  /// Forgets what is kept in a namespace that retires.
  mutating func forgetKept(in namespace: UInt32) {
    while namespaces[Int(namespace)].firstKept != .max {
      kept.remove(
        namespaces[Int(namespace)].firstKept, from: &namespaces[Int(namespace)].firstKept)
    }
  }
}

// MARK: - Questions

extension Meter {
  /// Visits what is kept in a namespace, in the order in which the services were first kept: the
  /// service, the message and the bytes of its text. O(services)
  package func visitKept(
    in namespace: NamespaceID, _ visit: (ServiceID, MessageID, UInt32) -> Void
  ) {
    guard exists(namespace) else { return }
    kept.visit(from: namespaces[Int(namespace.number)].firstKept) {
      visit($0.service, $0.message, $0.bytes)
    }
  }

  /// The message of a service that is kept in a namespace; nil if there is none. O(services)
  package func message(of service: ServiceID, in namespace: NamespaceID) -> MessageID? {
    guard exists(namespace) else { return nil }
    let place = kept.find(service, from: namespaces[Int(namespace.number)].firstKept).place
    return place.map { kept.messages[Int($0)].message }
  }

  /// Whether a message of a service is kept in some namespace.
  package func isKnown(_ service: ServiceID) -> Bool { kept.isKnown(service) }
}

// MARK: - Snapshots and audits

extension Meter {
  /// The kept messages for a snapshot. O(n)
  var savedKept: ContiguousArray<MeterSnapshot.Kept> {
    var saved: ContiguousArray<MeterSnapshot.Kept> = []
    guard kept.count > 0 else { return saved }
    for namespace in existingNamespaces {
      visitKept(in: namespace) { service, message, bytes in
        saved.append(
          MeterSnapshot.Kept(
            namespace: namespace, service: service, message: message, bytes: bytes))
      }
    }
    return saved
  }

  /// Restores the kept messages. Precondition: the namespaces are restored.
  mutating func restore(
    _ saved: ContiguousArray<MeterSnapshot.Kept>
  ) throws(SnapshotError) {
    for message in saved {
      let place = Int(message.namespace.number)
      guard exists(message.namespace), message.bytes > 0 else {
        throw SnapshotError(reason: "a kept message is impossible")
      }
      let (former, services, otherBytes) = kept.find(
        message.service, from: namespaces[place].firstKept)
      guard former == nil, services < Configuration.maximumServices,
        message.bytes <= Configuration.maximumKeptBytes - otherBytes
      else {
        throw SnapshotError(
          reason: "a service is there twice, or a namespace keeps too many messages")
      }
      kept.add(
        message.service, message.message, bytes: message.bytes, to: &namespaces[place].firstKept)
    }
  }

  func checkKept() throws(BrokenInvariant) {
    var chained = 0
    var uses = kept.uses
    for (number, namespace) in namespaces.enumerated() where namespace.firstKept != .max {
      try expect(namespace.exists, "\(number) keeps messages but does not exist")
      var (services, bytes) = (0, 0)
      kept.visit(from: namespace.firstKept) {
        services += 1
        bytes += Int($0.bytes)
        uses[Int($0.service.number)] -= 1
      }
      try expect(
        services <= Configuration.maximumServices && bytes <= Configuration.maximumKeptBytes,
        "\(number) keeps too many messages")
      chained += services
    }
    try expect(uses.allSatisfy { $0 == 0 }, "the uses of the services are wrong")
    try expect(
      chained == kept.count && chained == kept.messages.count { $0.bytes > 0 },
      "the chains of kept messages are wrong")
  }
}
