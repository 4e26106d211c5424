import Glibc
import MeterIO
import MeterModel

/// A progress bar on standard error during a long replay; nothing if that is no terminal.
struct Progress {
  /// The total number of bytes to read; nil if no bar is shown.
  private let total: UInt64?

  /// The path of the log that is being read.
  var path = ""

  private var done: UInt64 = 0
  private var recordsBefore: UInt64 = 0
  private var records: UInt64 = 0
  private var isShown = false
  private let clock = Clock()
  private var next = Instant.start + .milliseconds(500)

  /// A bar for a number of readings of logs. It is not shown if effects are printed to the same
  /// terminal.
  init(through files: borrowing LogFiles, readings: UInt64 = 1, printsMuch: Bool = false) {
    let isSeen = isatty(STDERR_FILENO) == 1 && !(printsMuch && isatty(STDOUT_FILENO) == 1)
    total = isSeen ? files.size.map { $0 * readings } : nil
  }

  /// Adds bytes that were read. `records` is the number of records that were replayed in this
  /// reading.
  mutating func note(bytes: Int, records: UInt64) {
    guard let total, total > 0 else { return }
    done += UInt64(bytes)
    self.records = records
    let now = clock.now
    guard now >= next else { return }
    next = now + .milliseconds(100)
    isShown = true
    let rate = rate(recordsBefore + records, over: now - .start)
    writeToStandardError("\r" + progressBar(share: min(done, total) * 1000 / total, rate: rate))
  }

  /// Begins the next reading, and the count of its records.
  mutating func beginAgain() {
    recordsBefore += records
    records = 0
  }

  /// Removes the bar, so that something else can be printed.
  mutating func clear() {
    guard isShown else { return }
    isShown = false
    writeToStandardError("\r\u{1B}[K")
  }
}

/// The bar of a share in thousandths, with events a second. It replaces the line.
package func progressBar(share: UInt64, rate: UInt64) -> String {
  let full = Int(min(share, 1000)) * 30 / 1000
  let percent = "\(share / 10) %"
  return "[" + String(repeating: "#", count: full) + String(repeating: "·", count: 30 - full)
    + "] " + String(repeating: " ", count: max(0, 5 - percent.count)) + percent
    + "  \(rate.grouped) events/s\u{1B}[K"
}
