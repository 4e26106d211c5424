// Recurring problems are counted, and a line with the count is logged at most once a second. What
// was counted since the last line is the notice's rest. It is logged when the second is over, or
// when the daemon stops.

import MeterModel
import Synchronization

/// Counts a recurring problem and logs the count at most once a second.
final class RecurringNotice: Sendable {
  private struct State {
    var rest: UInt64 = 0
    var total: UInt64 = 0

    /// No line is logged before this.
    var logsAgainAt = Instant.start
  }

  private let state = Mutex(State())
  private let console: Console
  private let text: String

  /// `text` is the line's text; the counts follow it.
  init(_ text: String, on console: Console) {
    self.text = text
    self.console = console
    console.notices?.add(self)
  }

  /// Counts `count` occurrences, and logs a line if the last line is at least a second old. Nothing
  /// happens if `count` is 0. Any thread may call it.
  func note(_ count: UInt64 = 1, at now: Instant) {
    guard count > 0 else { return }
    let wasEmpty = state.withLock { state in
      state.total += count
      state.rest += count
      return state.rest == count
    }
    if logRest(at: now) > now, wasEmpty { console.notices?.noteRest() }
  }

  /// Logs the rest if it is due. Returns the time at which it is due; `.start` if there is none any
  /// more.
  func logRest(at now: Instant) -> Instant {
    let line: (rest: UInt64, total: UInt64)?
    let due: Instant
    (line, due) = state.withLock { state in
      // Each thread reads the clock itself, so `now` may lie before the last line.
      guard state.rest > 0 else { return (nil, .start) }
      guard state.logsAgainAt <= now else { return (nil, state.logsAgainAt) }
      defer { state.rest = 0 }
      state.logsAgainAt = now + .seconds(1)
      return ((state.rest, state.total), .start)
    }
    if let line { console.log("\(text) (\(line.rest) now, \(line.total) in all)") }
    return due
  }
}

/// All notices of the daemon. One thread waits for their rests and logs them.
final class NoticeBoard: Sendable {
  private let notices = Mutex<[RecurringNotice]>([])
  private let wakeup: Wakeup

  /// A board without notices.
  init() throws(SystemError) { wakeup = try Wakeup() }

  /// Readable when a notice has a rest that must be logged later.
  var descriptor: Int32 { wakeup.descriptor }

  /// Adds a notice. Notices last as long as the board.
  func add(_ notice: RecurringNotice) { notices.withLock { $0.append(notice) } }

  /// Wakes the thread that waits. Any thread may call it.
  func noteRest() { wakeup.wake() }

  /// Logs the rests that are due. Returns the time at which the next one is due; `.never` for none.
  func logRests(at now: Instant) -> Instant {
    wakeup.clear()
    return notices.withLock { $0 }.reduce(Instant.never) { next, notice in
      let due = notice.logRest(at: now)
      return due > now ? min(next, due) : next
    }
  }

  /// Logs all rests, due or not: the daemon ends.
  func logAllRests(at now: Instant) {
    _ = logRests(at: now + .seconds(1))
  }
}
