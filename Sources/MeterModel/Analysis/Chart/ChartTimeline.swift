// The sections of a log on the axis of time of a picture.

/// The extent of one section.
package struct ChartRun: Equatable, Sendable {
  /// The first instant of the section: 0, or the instant of the snapshot at its beginning.
  package var start: Instant

  /// The last instant of the section.
  package var end: Instant

  /// UNIX time of the instant 0 of the section, in nanoseconds; nil if unknown.
  package var wallStart: UInt64?

  package init(start: Instant = .start, end: Instant = .start, wallStart: UInt64? = nil) {
    self.start = start
    self.end = end
    self.wallStart = wallStart
  }

  fileprivate var length: UInt64 { (end - start).nanoseconds }
}

/// Arranges sections in time: by the wall clock, if all have it and the pauses between them are
/// together no longer than the sections; otherwise end to end, so that two runs a month apart can
/// still be seen.
package struct ChartTimeline: Equatable, Sendable {
  /// The sections, in the order of the log.
  package let runs: ContiguousArray<ChartRun>

  /// The beginning of each section, in nanoseconds from the left edge of the picture.
  package let offsets: ContiguousArray<UInt64>

  /// The time of the whole axis, in nanoseconds; at least 1.
  package let length: UInt64

  /// UNIX time of the left edge, in nanoseconds; nil unless the axis is that of the wall clock.
  package let wallStart: UInt64?

  /// The timeline of sections, in the order of the log.
  package init(_ runs: ContiguousArray<ChartRun>) {
    self.runs = runs
    let total = runs.reduce(UInt64(0)) { $0 &+ $1.length }
    let starts = Self.wallStarts(of: runs, within: total)
    var offsets: ContiguousArray<UInt64> = []
    var end: UInt64 = 0
    for (index, run) in runs.enumerated() {
      let offset = starts.map { $0[index] - $0[0] } ?? end
      offsets.append(offset)
      end = offset &+ run.length
    }
    self.offsets = offsets
    length = max(end, 1)
    wallStart = starts?.first
  }

  /// The time on the axis of an instant of a section, or of the nearest that is on the axis.
  package func time(of instant: Instant, inRun run: Int) -> UInt64 {
    guard runs.indices.contains(run) else { return run < 0 ? 0 : length }
    let within = max(runs[run].start, min(instant, runs[run].end))
    return offsets[run] + (within - runs[run].start).nanoseconds
  }

  /// The times of the wall clock at which the sections begin; nil if the wall clock is no good
  /// axis.
  private static func wallStarts(
    of runs: ContiguousArray<ChartRun>, within total: UInt64
  ) -> ContiguousArray<UInt64>? {
    var starts: ContiguousArray<UInt64> = []
    var (end, pauses) = (UInt64(0), UInt64(0))
    for run in runs {
      guard let wall = run.wallStart, wall < 1 << 62 else { return nil }
      let start = wall + run.start.nanoseconds
      if !starts.isEmpty {
        guard start >= end else { return nil }
        pauses += start - end
      }
      guard pauses <= total else { return nil }
      starts.append(start)
      end = start + run.length
    }
    return starts.isEmpty ? nil : starts
  }
}
