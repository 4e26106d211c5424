// Rules 3, 4 and 10: who is told what, and when.

extension Meter {
  /// Rule 3: the namespace's first open connection was just greeted, and so has been told.
  mutating func firstIn(_ namespace: UInt32) {
    unqueue(namespace)
    tell(namespace)
  }

  /// The namespace's last open connection left: nobody is to be told anything.
  mutating func lastOut(_ namespace: UInt32) {
    unqueue(namespace)
    queueIfVacant(namespace)
  }

  /// Remembers that a namespace's notification is to be judged.
  mutating func touch(_ namespace: UInt32) {
    if namespaces[Int(namespace)].touch() { touched.append(namespace) }
  }

  /// Judges the touched namespaces, in the order of their creation.
  mutating func judgeTouched(into effects: inout EffectBuffer) {
    guard touched.count > 1 else {
      // Nearly every event touches one namespace; emptying the list as below then costs more than judging.
      if let namespace = touched.popLast() { judge(namespace, into: &effects) }
      return
    }
    touched.sort { namespaces[Int($0)].ordinal < namespaces[Int($1)].ordinal }
    for position in touched.indices {
      judge(touched[position], into: &effects)
    }
    touched.removeAll(keepingCapacity: touched.capacity <= 4096)
  }

  /// Rule 4, for one namespace that was touched.
  private mutating func judge(_ index: UInt32, into effects: inout EffectBuffer) {
    // Its fields are read where they lie: a copy of the whole namespace shows in profiles.
    let place = Int(index)
    namespaces[place].isTouched = false
    let members = namespaces[place].members
    guard namespaces[place].open > 0, members > 0 else { return }
    let age = now - namespaces[place].toldAt
    let isWorthTelling =
      age >= configuration.notifyMinDelay
      && namespaces[place].differs(members, under: configuration)
    guard isWorthTelling || age >= configuration.notifyMaxDelay else { return }
    effects.append(
      .notify(NamespaceID(index), count: members), at: now, namespace: namespaces[place].ordinal)
    unqueue(index)
    namespaces[place].modified = now
    tell(index)
  }

  /// Told := members, told-at := now, and the greetings are forgotten. It must wait in no queue.
  private mutating func tell(_ index: UInt32) {
    namespaces[Int(index)].tell(at: now)
    if configuration.notifyMinDelay == .zero {
      queue(index, .ripe)
    } else {
      queue(index, .fresh)
    }
  }

  /// Fires the min and max delays that are due.
  ///
  /// One past its max delay leaves the queues: if it has an audience it is told, and so queued again, when
  /// it is judged; if it has none, the first change that gives it one finds the delay over.
  mutating func touchThoseDueForNotification() {
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
