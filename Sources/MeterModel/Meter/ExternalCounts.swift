// The table of external counts (§2 rule 11). The counts of one namespace are chained, at most 16 of
// them, and all counts wait in one queue for their timeout.

/// The last count of one source for one namespace.
struct ExternalCount: Waiting {
  var links = QueueLinks()
  var reportedAt = Instant.start
  var source = SourceID(.max)
  var namespace: UInt32 = .max

  /// The next count of the same namespace, or of the list of free ones; `.max` for none.
  var next: UInt32 = .max
  var members: UInt64 = 0

  var waitsSince: Instant { reportedAt }
}

/// The external counts of all namespaces. None of them is 0. A chain is known by its first element,
/// which the namespace has.
struct ExternalCounts {
  private(set) var counts: ContiguousArray<ExternalCount> = []

  /// For each source, the number of namespaces that have a count of it.
  private(set) var uses: ContiguousArray<UInt32> = []

  /// The sum of all counts.
  private(set) var members: UInt128 = 0
  private var expiry = DeadlineQueue()
  private var firstFree: UInt32 = .max

  /// The number of counts.
  var count: Int { expiry.count }

  /// The instant at which the oldest count was reported; `Instant.never` if there is none.
  var firstSince: Instant { expiry.firstSince }

  /// The count that was reported first. Precondition: there is one.
  var oldest: UInt32 { expiry.head }

  /// The bytes of the tables, including unused capacity.
  var tableBytes: Int {
    counts.capacity * MeterElementSize.external + uses.capacity * MemoryLayout<UInt32>.stride
  }

  /// Whether a source has a count.
  func isKnown(_ source: SourceID) -> Bool {
    Int(source.number) < uses.count && uses[Int(source.number)] > 0
  }

  /// The sum of a chain, at most 2⁶³ − 1. O(sources)
  func members(from first: UInt32) -> UInt64 {
    var (sum, index) = (UInt64(0), first)
    while index != .max {
      // Both are less than 2⁶³.
      sum = min(sum + counts[Int(index)].members, Configuration.maximumCount)
      index = counts[Int(index)].next
    }
    return sum
  }

  /// The place of a source's count in a chain, nil if it has none there, and the length of the
  /// chain up to it. O(sources)
  func find(_ source: SourceID, from first: UInt32) -> (place: UInt32?, length: Int) {
    var (index, length) = (first, 0)
    while index != .max {
      if counts[Int(index)].source == source { return (index, length) }
      index = counts[Int(index)].next
      length += 1
    }
    return (nil, length)
  }

  /// Adds a count to the front of a chain. Returns its place, which is the first of the chain now.
  /// Precondition: the source has none there, and the count is not 0.
  mutating func add(
    _ source: SourceID, _ namespace: UInt32, members: UInt64, at instant: Instant, to first: UInt32
  ) -> UInt32 {
    let place: UInt32
    if firstFree != .max {
      place = firstFree
      firstFree = counts[Int(place)].next
    } else {
      place = UInt32(counts.count)
      counts.append(ExternalCount())
    }
    counts[Int(place)] = ExternalCount(
      reportedAt: instant, source: source, namespace: namespace, next: first, members: members)
    expiry.append(place, in: &counts)
    while uses.count <= Int(source.number) { uses.append(0) }
    uses[Int(source.number)] += 1
    self.members += UInt128(members)
    return place
  }

  /// Replaces a count, whose timeout begins anew. Precondition: the new count is not 0.
  mutating func replace(_ place: UInt32, members: UInt64, at instant: Instant) {
    self.members -= UInt128(counts[Int(place)].members)
    self.members += UInt128(members)
    expiry.remove(place, from: &counts)
    counts[Int(place)].members = members
    counts[Int(place)].reportedAt = instant
    expiry.append(place, in: &counts)
  }

  /// Removes a count from its chain. Returns whether its source has no other count. O(sources)
  mutating func remove(_ place: UInt32, from first: inout UInt32) -> Bool {
    let removed = counts[Int(place)]
    if first == place {
      first = removed.next
    } else {
      var previous = first
      while counts[Int(previous)].next != place { previous = counts[Int(previous)].next }
      counts[Int(previous)].next = removed.next
    }
    expiry.remove(place, from: &counts)
    members -= UInt128(removed.members)
    counts[Int(place)] = ExternalCount(next: firstFree)
    firstFree = place
    uses[Int(removed.source.number)] -= 1
    let isLast = uses[Int(removed.source.number)] == 0
    if expiry.count == 0 { self = ExternalCounts() }
    return isLast
  }

  /// The counts for a snapshot, in the order in which they will expire. O(n)
  var saved: ContiguousArray<MeterSnapshot.External> {
    var saved: ContiguousArray<MeterSnapshot.External> = []
    expiry.forEach(in: counts) { index in
      let count = counts[Int(index)]
      saved.append(
        MeterSnapshot.External(
          source: count.source, namespace: NamespaceID(count.namespace),
          reportedAt: count.reportedAt, members: count.members))
    }
    return saved
  }

  /// Visits the namespaces of the counts that expire by `instant`, `timeout` after they were
  /// reported.
  func visit(since timeout: Duration, dueBy instant: Instant, _ visit: (NamespaceID) -> Void) {
    var index = expiry.head
    while index != .max, counts[Int(index)].reportedAt + timeout <= instant {
      visit(NamespaceID(counts[Int(index)].namespace))
      index = counts[Int(index)].links.next
    }
  }
}
