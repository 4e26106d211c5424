// The first reading of a log that is to be drawn: how long it is, and whose audiences were the largest.

/// A namespace and the most local members that it ever had at once.
package struct NamespacePeak: Equatable, Sendable {
  package var name: [UInt8]
  package var members: UInt32

  package init(name: [UInt8], members: UInt32) {
    self.name = name
    self.members = members
  }
}

/// Finds the largest namespaces of a log and the extent of its sections, in memory that does not grow with
/// the number of names in it. Precondition throughout: the replay goes into the detail of instants.
package struct AudienceCensus {
  /// The sections so far.
  package private(set) var runs: ContiguousArray<ChartRun> = []

  private let limit: Int
  private var peaks: ContiguousArray<UInt32> = []
  private var candidates: ContiguousArray<NamespacePeak> = []

  /// A census of at most `limit` namespaces.
  package init(limit: Int) {
    self.limit = limit
  }

  /// The largest, in falling order; of two that are equal, in the order of their names.
  package var largest: ContiguousArray<NamespacePeak> {
    ContiguousArray(
      candidates.sorted {
        $0.members == $1.members
          ? $0.name.lexicographicallyPrecedes($1.name) : $0.members > $1.members
      })
  }

  /// Takes the replay's latest step in.
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
    // The number of a namespace that was forgotten may come to name another one.
    for effect in replay.effects {
      if case .retire(let namespace) = effect.action, Int(namespace.number) < peaks.count {
        peaks[Int(namespace.number)] = 0
      }
    }
  }

  /// Puts a namespace among the candidates, or one of them higher, if that is due.
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
