// Follows the number on the screen of every open connection through a section: its greeting, and
// then what it was notified of. Connections are kept in groups, so an event costs the same however
// many connections are open.

/// Measures the numbers that open connections show against the audience and against the members.
struct ScreenRecording {
  /// The deviation from the audience: the viewers of this node, counted or not, and the members of
  /// other nodes, whose other viewers are not known here.
  private(set) var fromAudience = Deviation()

  /// The deviation from the members of all nodes.
  private(set) var fromMembers = Deviation()

  /// The part of the section that is measured; nil for none.
  private var part: ClosedRange<Instant>?
  private var ratio = Fraction.oneTenth

  /// The namespaces, by their numbers.
  private var places: ContiguousArray<Place> = []

  /// The greetings of connections, by their numbers.
  private var greetings: ContiguousArray<Greeting> = []

  /// The epoch that began last, in whatever namespace. Each has a number of its own, from 1.
  private var latestEpoch: UInt64 = 0

  private struct Place {
    var shown: ShownCounts
    var members: UInt64 = 0
    var audience: UInt64 = 0

    /// The instant from which on the deviation was not added yet.
    var since = Instant.start

    /// The time since the last notification.
    var epoch: UInt64 = 0
  }

  private struct Greeting {
    /// The epoch of the namespace at the greeting; 0 for a connection that has left or was open
    /// when the section began.
    var epoch: UInt64 = 0
    var number: UInt64 = 0
  }

  /// Begins a section, of which a part is measured, under a `notify-delta-ratio`.
  mutating func begin(_ part: ClosedRange<Instant>?, ratio: Fraction) {
    self.part = part
    self.ratio = ratio
    places.removeAll(keepingCapacity: true)
    greetings.removeAll(keepingCapacity: true)
  }

  /// The mean of the numbers on the screens of a namespace; nil without a connection.
  func mean(of namespace: NamespaceID) -> UInt64? {
    let place = Int(namespace.number)
    return place < places.count ? places[place].shown.mean : nil
  }

  /// A connection was greeted.
  mutating func greet(
    _ connection: ConnectionID, _ namespace: NamespaceID, _ number: UInt64, at now: Instant
  ) {
    let place = settle(namespace, at: now)
    places[place].shown.greet(number)
    while greetings.count <= Int(connection.number) { greetings.append(Greeting()) }
    greetings[Int(connection.number)] = Greeting(epoch: places[place].epoch, number: number)
  }

  /// All connections of a namespace were sent a number. Returns whether another number was on a
  /// screen before.
  mutating func notify(_ namespace: NamespaceID, _ number: UInt64, at now: Instant) -> Bool {
    let place = self.place(of: namespace, at: now)
    guard places[place].shown.isChanged(by: number) else { return false }
    settle(place, at: now)
    places[place].shown.notify(number)
    places[place].epoch = nextEpoch()
    return true
  }

  /// An open connection was ended.
  mutating func end(_ connection: ConnectionID, _ namespace: NamespaceID, at now: Instant) {
    let place = settle(namespace, at: now)
    var number: UInt64?
    if Int(connection.number) < greetings.count {
      let greeting = greetings[Int(connection.number)]
      if greeting.epoch == places[place].epoch { number = greeting.number }
      greetings[Int(connection.number)].epoch = 0
    }
    places[place].shown.leave(number)
  }

  /// A connection closed, which was perhaps ended before. `open` is the number of connections that
  /// are open afterwards.
  mutating func close(
    _ connection: ConnectionID, _ namespace: NamespaceID, open: UInt32, at now: Instant
  ) {
    let place = place(of: namespace, at: now)
    if places[place].shown.connections > UInt64(open) { end(connection, namespace, at: now) }
  }

  /// All connections are gone. O(namespaces)
  mutating func closeAll(at now: Instant) {
    for place in places.indices {
      settle(place, at: now)
      places[place].shown = ShownCounts(ratio: ratio)
    }
    greetings.removeAll(keepingCapacity: true)
  }

  /// The counts of a namespace have changed; nil if it does not exist.
  mutating func update(_ namespace: NamespaceID, _ counts: NamespaceCounts?, at now: Instant) {
    let place = settle(namespace, at: now)
    places[place].members = counts?.members ?? 0
    places[place].audience = counts?.audience ?? 0
  }

  /// The numbers on the screens are those that the meter last told, as a snapshot has no others.
  mutating func restore(_ namespace: NamespaceID, _ counts: NamespaceCounts, at now: Instant) {
    let place = place(of: namespace, at: now)
    places[place].shown = ShownCounts(counts.told, connections: counts.open, ratio: ratio)
    places[place].since = now
    update(namespace, counts, at: now)
  }

  /// Adds the time until an instant, after which nothing is known until connections are greeted or
  /// restored. O(namespaces)
  mutating func suspend(at now: Instant) {
    for place in places.indices { settle(place, at: now) }
    places.removeAll(keepingCapacity: true)
    greetings.removeAll(keepingCapacity: true)
  }

  @discardableResult
  private mutating func settle(_ namespace: NamespaceID, at now: Instant) -> Int {
    let place = place(of: namespace, at: now)
    settle(place, at: now)
    return place
  }

  /// Adds the deviation of a namespace until an instant.
  private mutating func settle(_ place: Int, at now: Instant) {
    guard places[place].since < now else { return }
    if let part {
      let start = max(places[place].since, part.lowerBound)
      let end = min(now, part.upperBound)
      if start < end {
        let nanoseconds = (end - start).nanoseconds
        fromAudience.add(
          places[place].shown, truth: places[place].audience, nanoseconds: nanoseconds)
        fromMembers.add(
          places[place].shown, truth: places[place].members, nanoseconds: nanoseconds)
      }
    }
    places[place].since = now
  }

  private mutating func place(of namespace: NamespaceID, at now: Instant) -> Int {
    let place = Int(namespace.number)
    while places.count <= place {
      places.append(Place(shown: ShownCounts(ratio: ratio), since: now, epoch: nextEpoch()))
    }
    return place
  }

  private mutating func nextEpoch() -> UInt64 {
    latestEpoch += 1
    return latestEpoch
  }
}
