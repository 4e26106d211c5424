// The creation and the retirement of namespaces (§2 rules 15 and 16).

extension Meter {
  /// Whether a namespace exists.
  package func exists(_ namespace: NamespaceID) -> Bool {
    Int(namespace.number) < namespaces.count && namespaces[Int(namespace.number)].exists
  }

  var hasRoomForNamespace: Bool { namespaceCount < configuration.maximumNamespaces }

  /// Creates a namespace if it does not exist. Precondition: the limit of namespaces allows it.
  mutating func createIfUnknown(_ namespace: NamespaceID) {
    guard !exists(namespace) else { return }
    let place = Int(namespace.number)
    namespaces.makeRoom(for: place, Namespace(), &namespacesEnd)
    namespaceCount += 1
    lastNamespaceOrdinal += 1
    namespaces[place].ordinal = lastNamespaceOrdinal
    namespaces[place].createdAt = now
    namespaces[place].record.since = now
    namespaces[place].record.peakAt = now
    creations.append(namespace, ordinal: lastNamespaceOrdinal)
  }

  /// Retires the namespaces that are due, in the order in which they became vacant.
  mutating func retireVacant(into effects: inout EffectBuffer) {
    guard vacant.firstSince + configuration.namespaceCleanDelay <= now else { return }
    while vacant.firstSince + configuration.namespaceCleanDelay <= now {
      let index = vacant.head
      let ordinal = namespaces[Int(index)].ordinal
      unqueue(index)
      freeRemotes(of: index)
      forgetKept(in: index)
      namespaces[Int(index)] = Namespace()
      namespaceCount -= 1
      creations.remove(existing: Int(namespaceCount)) { namespaces.hold($0) }
      effects.append(.retire(NamespaceID(index)), at: now, namespace: ordinal)
    }
    namespaces.giveBack(&namespacesEnd, inUse: Int(namespaceCount)) { !$0.exists }
    giveBack()
  }

  /// Queues a namespace as vacant if nobody is there. Precondition: if so, it is in no queue.
  mutating func queueIfVacant(_ index: UInt32) {
    guard namespaces[Int(index)].isVacant else { return }
    namespaces[Int(index)].vacantSince = now
    queue(index, .vacant)
  }

  /// Adds a namespace to a queue. Precondition: it is in no queue.
  mutating func queue(_ index: UInt32, _ queue: Namespace.Queue) {
    namespaces[Int(index)].queue = queue
    switch queue {
    case .none: break
    case .fresh: fresh.append(index, in: &namespaces)
    case .ripe: ripe.append(index, in: &namespaces)
    case .vacant: vacant.append(index, in: &namespaces)
    }
  }

  /// Removes a namespace from its queue, if it is in one.
  mutating func unqueue(_ index: UInt32) {
    switch namespaces[Int(index)].queue {
    case .none: break
    case .fresh: fresh.remove(index, from: &namespaces)
    case .ripe: ripe.remove(index, from: &namespaces)
    case .vacant: vacant.remove(index, from: &namespaces)
    }
    namespaces[Int(index)].queue = .none
  }
}

extension ContiguousArray<Namespace> {
  /// Whether the namespace of an entry still exists. A later namespace with the same id is another
  /// one.
  func hold(_ entry: CreationOrder.Entry) -> Bool {
    let place = Int(entry.namespace.number)
    return place < count && self[place].ordinal == entry.ordinal
  }
}
