// The first reading of a log for a picture: the lengths of its sections, and its largest audiences.

/// A namespace and the largest number of local members that it had at one time.
package struct NamespacePeak: Equatable, Sendable {
  /// The name of the namespace.
  package var name: [UInt8]

  /// The largest number of local members.
  package var members: UInt32

  package init(name: [UInt8], members: UInt32) {
    self.name = name
    self.members = members
  }
}

/// Finds the largest namespaces of a log and the extents of its sections. The memory does not grow
/// with the number of names in the log. Precondition: the replay has the detail of instants.
package struct AudienceCensus {
  /// The extents of the sections so far.
  package private(set) var runs: ContiguousArray<ChartRun> = []

  private let limit: Int
  /// The largest number of members of each namespace since its creation, by its number.
  private var peaks: ContiguousArray<UInt32> = []
  private var candidates: ContiguousArray<NamespacePeak> = []

  /// A census of at most `limit` namespaces.
  package init(limit: Int) {
    self.limit = limit
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
      runs.append(ChartRun(wallStart: section.wallStart))
      peaks.removeAll()
    case .restored:
      guard !runs.isEmpty else { return }
      if runs[runs.count - 1].end == .start { runs[runs.count - 1].start = replay.meter.now }
      peaks.removeAll()
      count(replay)
    case .applied: count(replay)
    case .read, .gap, .difference, .end, .torn, .damage: break
    }
  }

  private mutating func count(_ replay: borrowing Replay) {
    if !runs.isEmpty { runs[runs.count - 1].end = replay.meter.now }
    for namespace in replay.changed {
      let members = replay.meter.localMembers(of: namespace)
      let place = Int(namespace.number)
      while peaks.count <= place { peaks.append(0) }
      guard members > peaks[place] else { continue }
      peaks[place] = members
      admit(namespace, members, replay)
    }
    // The number of a retired namespace may be used for another name.
    for effect in replay.effects {
      if case .retire(let namespace) = effect.action, Int(namespace.number) < peaks.count {
        peaks[Int(namespace.number)] = 0
      }
    }
  }

  /// Adds a namespace to the candidates, or raises the peak of a candidate, if its members suffice.
  private mutating func admit(
    _ namespace: NamespaceID, _ members: UInt32, _ replay: borrowing Replay
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
