// Notifications and messages (§2 rules 3, 4 and 13).

extension Meter {
  /// Rule 3: the greeting of the first open connection counts as a notification.
  mutating func firstIn(_ namespace: UInt32) {
    unqueue(namespace)
    setTold(namespace)
  }

  /// The last open connection of a namespace on this node has left: no notification is due any
  /// more.
  mutating func lastOut(_ namespace: UInt32) {
    unqueue(namespace)
    queueIfVacant(namespace)
  }

  /// Marks a namespace as touched: `judgeTouched` will apply the notification rule to it.
  mutating func touch(_ namespace: UInt32) {
    if namespaces[Int(namespace)].touch() { touched.append(namespace) }
  }

  /// Judges the touched namespaces in the order of their creation.
  mutating func judgeTouched(into effects: inout EffectBuffer) {
    guard touched.count > 1 else {
      // Nearly every event touches one namespace. Emptying the list as below would then take longer
      // than judging.
      if let namespace = touched.popLast() { judge(namespace, into: &effects) }
      return
    }
    touched.sort { namespaces[Int($0)].ordinal < namespaces[Int($1)].ordinal }
    for position in touched.indices {
      judge(touched[position], into: &effects)
    }
    touched.removeAll(keepingCapacity: touched.capacity <= 4096)
  }

  /// Rule 4 for one namespace that was touched, and the record of its members (rule 14).
  private mutating func judge(_ index: UInt32, into effects: inout EffectBuffer) {
    // The fields are read in place, because a copy of the whole namespace takes measurable time.
    let place = Int(index)
    namespaces[place].isTouched = false
    let members = namespaces[place].members
    namespaces[place].record.note(members, at: now)
    guard namespaces[place].open > 0, members > 0 || namespaces[place].observers > 0 else {
      return
    }
    let age = now - namespaces[place].toldAt
    let isSufficient =
      age >= configuration.notifyMinDelay
      && namespaces[place].differs(members, under: configuration)
    guard isSufficient || age >= configuration.notifyMaxDelay else { return }
    effects.append(
      .notify(NamespaceID(index), count: members), at: now, namespace: namespaces[place].ordinal)
    unqueue(index)
    namespaces[place].modified = now
    setTold(index)
  }

  /// Told := members, told-at := now, and the greetings are forgotten. Precondition: it is in no
  /// queue.
  private mutating func setTold(_ index: UInt32) {
    namespaces[Int(index)].setTold(at: now)
    if configuration.notifyMinDelay == .zero {
      queue(index, .ripe)
    } else {
      queue(index, .fresh)
    }
  }

  /// Fires the min and max delays that are due.
  ///
  /// A namespace past its max delay leaves the queues. If it has an audience, it is notified when
  /// it is judged, and is then queued again. If it has no audience, it is notified when it gets
  /// one, because the delay is over by then.
  mutating func touchDueNamespaces() {
    while min(fresh.firstSince, ripe.firstSince) + configuration.notifyMaxDelay <= now {
      let index = ripe.firstSince <= fresh.firstSince ? ripe.head : fresh.head
      unqueue(index)
      touch(index)
    }
    while fresh.firstSince + configuration.notifyMinDelay <= now {
      let index = fresh.head
      unqueue(index)
      queue(index, .ripe)
      touch(index)
    }
  }

  mutating func deliver(
    _ message: MessageID, to namespace: NamespaceID, into effects: inout EffectBuffer
  ) {
    guard exists(namespace), namespaces[Int(namespace.number)].open > 0 else { return }
    effects.append(
      .message(namespace, message), at: now,
      namespace: namespaces[Int(namespace.number)].ordinal)
  }
}
