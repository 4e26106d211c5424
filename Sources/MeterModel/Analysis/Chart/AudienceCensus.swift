// The first reading of a log for a picture: the lengths of its sections, and its largest audiences.

/// A namespace and the largest number of this node's members that it had at one time.
package struct NamespacePeak: Equatable, Sendable {
  /// The name of the namespace.
  package var name: [UInt8]

  /// The largest number of this node's members, external counts included.
  package var members: UInt64

  package init(name: [UInt8], members: UInt64) {
    self.name = name
    self.members = members
  }
}

/// Finds the largest namespaces in a span of a log, and the extents of its sections. The memory
/// does not grow with the number of names in the log. Precondition: the replay has the detail of
/// changes.
package struct AudienceCensus {
  /// The extents of the sections in the span so far.
  package private(set) var runs: ContiguousArray<ChartRun> = []

  /// The place of the replay relative to the span.
  package private(set) var follower: SpanFollower

  private let limit: Int

  /// The members of this node in each namespace, and their largest number in the span since its
  /// creation, by its number.
  private var places: ContiguousArray<(members: UInt64, peak: UInt64)> = []
  private var candidates: ContiguousArray<NamespacePeak> = []

  /// The instant that the replay has reached in the section.
  private var now = Instant.start

  /// A census of at most `limit` namespaces.
  package init(limit: Int, in span: LogSpan = LogSpan()) {
    self.limit = limit
    follower = SpanFollower(span)
  }

  /// The largest namespaces, in descending order; equal ones in the order of their names.
  package var largest: ContiguousArray<NamespacePeak> {
    ContiguousArray(
      candidates.sorted {
        $0.members == $1.members
          ? $0.name.lexicographicallyPrecedes($1.name) : $0.members > $1.members
      })
  }

  /// Takes the latest step of the replay into account.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section(let section):
      follower.begin(section)
      (places, now) = ([], .start)
    case .restored:
      now = replay.meter.now
      follower.skip(to: now)
      places.removeAll()
      pass(to: now, replay)
      count(replay)
    case .applied:
      pass(to: replay.meter.now, replay)
      count(replay)
    case .end, .torn, .damage:
      pass(to: replay.meter.now, replay)
      _ = follower.endSection()
    case .read, .gap, .difference: break
    }
  }

  /// Goes on to an instant of the section, at which changes may follow.
  private mutating func pass(to instant: Instant, _ replay: borrowing Replay) {
    if follower.enters(by: instant) {
      let start = max(follower.part.lowerBound, now)
      runs.append(ChartRun(start: start, end: start, wallStart: follower.wallStart))
      for place in places.indices where places[place].members > 0 {
        places[place].peak = places[place].members
        admit(NamespaceID(UInt32(place)), places[place].members, replay)
      }
    }
    if follower.isWithin { runs[runs.count - 1].end = min(instant, follower.part.upperBound) }
    _ = follower.leaves(by: instant)
    now = instant
  }

  private mutating func count(_ replay: borrowing Replay) {
    for namespace in replay.changed {
      let members = replay.meter.ownMembers(of: namespace)
      let place = Int(namespace.number)
      while places.count <= place { places.append((0, 0)) }
      places[place].members = members
      guard follower.isWithin, members > places[place].peak else { continue }
      places[place].peak = members
      admit(namespace, members, replay)
    }
    // The number of a retired namespace may be used for another name.
    for effect in replay.effects {
      if case .retire(let namespace) = effect.action, Int(namespace.number) < places.count {
        places[Int(namespace.number)] = (0, 0)
      }
    }
  }

  /// Adds a namespace to the candidates, or raises the peak of a candidate, if its members suffice.
  private mutating func admit(
    _ namespace: NamespaceID, _ members: UInt64, _ replay: borrowing Replay
  ) {
    let smallest = candidates.indices.min { candidates[$0].members < candidates[$1].members }
    if let smallest, candidates.count == limit, members <= candidates[smallest].members { return }
    let peak = NamespacePeak(name: replay.reader.name(of: namespace), members: members)
    if let known = candidates.firstIndex(where: { $0.name == peak.name }) {
      candidates[known].members = max(candidates[known].members, members)
    } else if candidates.count < limit {
      candidates.append(peak)
    } else if let smallest {
      candidates[smallest] = peak
    }
  }
}
