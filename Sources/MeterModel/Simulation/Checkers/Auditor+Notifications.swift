// Notifications and retirements as the auditor judges them (§2 rules 3, 4 and 15).

extension Auditor {
  /// Whether members differ enough from told, or from the members at a greeting since.
  func hasChanged(_ audience: Audience) -> Bool {
    let members = audience.members
    let threshold = max(configuration.notifyDeltaRatio.floorOfProduct(with: audience.told), 1)
    for shown in [audience.told, audience.lowestGreeted, audience.highestGreeted] {
      let difference = members > shown ? members - shown : shown - members
      if difference >= threshold { return true }
    }
    return false
  }

  func mustNotify(_ audience: Audience) -> Bool {
    guard audience.exists, audience.isTold else { return false }
    let age = now - audience.toldAt
    return age >= configuration.notifyMaxDelay
      || age >= configuration.notifyMinDelay && hasChanged(audience)
  }

  func mayNotify(_ namespace: NamespaceID, _ count: UInt64) -> Bool {
    let place = Int(namespace.number)
    guard place < audiences.count, audiences[place].members == count else { return false }
    return mustNotify(audiences[place])
  }

  mutating func notify(_ namespace: NamespaceID, isByEvent: Bool) {
    let audience = audiences[Int(namespace.number)]
    let age = now - audience.toldAt
    notifications += 1
    note(.toldByEvent, if: isByEvent)
    if !isByEvent {
      note(.toldAfterMinDelay, if: age == configuration.notifyMinDelay && hasChanged(audience))
      note(.toldAfterMaxDelay, if: age == configuration.notifyMaxDelay)
      note(.toldUnchanged, if: audience.members == audience.told && !hasChanged(audience))
    }
    note(.toldForGreeting, if: hasChanged(audience) && audience.told == audience.members)
    note(.observersToldZero, if: audience.members == 0)
    note(.toldSaturated, if: audience.members == UInt64(Int64.max))
    setTold(Int(namespace.number))
  }

  /// Told := members, told-at := now.
  mutating func setTold(_ place: Int) {
    let members = audiences[place].members
    audiences[place].told = members
    audiences[place].toldAt = now
    audiences[place].lowestGreeted = members
    audiences[place].highestGreeted = members
    let entry = AudienceEntry(since: now, namespace: place)
    quiet.append(entry)
    throttled.append(entry)
  }

  mutating func touch(_ place: Int) {
    touched.append(place)
    audiences[place].changedAt = now
  }

  /// Notes which of the namespaces that changed have no audience any more, or have one again.
  mutating func judgeVacancies() {
    for place in touched where audiences[place].exists {
      let (audience, isVacant) = (audiences[place], audiences[place].isVacant)
      if isVacant && audience.vacantSince == nil {
        audiences[place].vacantSince = now
        vacant.append(AudienceEntry(since: now, namespace: place))
      } else if !isVacant {
        note(.retirementCancelled, if: audience.vacantSince != nil)
        audiences[place].vacantSince = nil
      }
    }
  }

  mutating func create(_ place: Int) {
    while audiences.count <= place { audiences.append(Audience()) }
    guard !audiences[place].exists else { return }
    audiences[place] = Audience()
    audiences[place].exists = true
    audiences[place].settledAt = now
    audiences[place].peakAt = now
    namespaceCount += 1
  }

  /// Records the members of a namespace that was judged (§2 rule 14).
  mutating func settleMembers(_ place: Int) {
    let (audience, members) = (audiences[place], audiences[place].members)
    guard audience.exists, members != audience.settledMembers else { return }
    audiences[place].memberTime = audience.memberTime(until: now)
    audiences[place].settledMembers = members
    audiences[place].settledAt = now
    note(.peakReachedAgain, if: members == audience.peak)
    guard members > audience.peak else { return }
    note(.peakWithoutStreams, if: audience.open == 0)
    audiences[place].peak = members
    audiences[place].peakAt = now
  }

  func exists(_ place: Int) -> Bool { place < audiences.count && audiences[place].exists }

  func mayRetire(_ namespace: NamespaceID) -> Bool {
    guard exists(Int(namespace.number)),
      let since = audiences[Int(namespace.number)].vacantSince
    else { return false }
    return since + configuration.namespaceCleanDelay == now
  }

  mutating func retire(_ namespace: NamespaceID) {
    note(.retired)
    forgetKept(in: Int(namespace.number))
    audiences[Int(namespace.number)] = Audience()
    namespaceCount -= 1
  }
}
