import Glibc
import MeterIO
import MeterModel

/// A bar on standard error for whoever waits for a long replay; nothing where that is no terminal.
struct Progress {
  /// The bytes that are to be read in all; nil where no bar is shown.
  private let total: UInt64?

  private var done: UInt64 = 0
  private var recordsBefore: UInt64 = 0
  private var records: UInt64 = 0
  private var isShown = false
  private let clock = Clock()
  private var next = Instant.start + .milliseconds(500)

  /// A bar for so many readings of a file. It stays away where effects would run through it on the same
  /// terminal.
  init(through file: borrowing InputFile, readings: UInt64 = 1, printsMuch: Bool = false) {
    let isSeen = isatty(STDERR_FILENO) == 1 && !(printsMuch && isatty(STDOUT_FILENO) == 1)
    total = isSeen ? file.size.map { $0 * readings } : nil
  }

  /// Counts bytes that were read; `records` are all that were replayed in this reading.
  mutating func note(bytes: Int, records: UInt64) {
    guard let total, total > 0 else { return }
    done += UInt64(bytes)
    self.records = records
    let now = clock.now
    guard now >= next else { return }
    next = now + .milliseconds(100)
    isShown = true
    let rate = rate(recordsBefore + records, over: now - .start)
    say("\r" + progressBar(share: min(done, total) * 1000 / total, rate: rate))
  }

  /// The next reading begins, and with it the records.
  mutating func beginAgain() {
    recordsBefore += records
    records = 0
  }

  /// Takes the bar away, so that something else can be printed.
  mutating func clear() {
    guard isShown else { return }
    isShown = false
    say("\r\u{1B}[K")
  }

  private func say(_ text: String) {
    writeToStandardError(text)
  }
}

/// The bar of a share in thousandths, with events a second; what stood on its line goes.
package func progressBar(share: UInt64, rate: UInt64) -> String {
  let full = Int(min(share, 1000)) * 30 / 1000
  let percent = "\(share / 10) %"
  return "[" + String(repeating: "#", count: full) + String(repeating: "·", count: 30 - full)
    + "] " + String(repeating: " ", count: max(0, 5 - percent.count)) + percent
    + "  \(rate.grouped) events/s\u{1B}[K"
}
