// What each viewer will do next, and when: a calendar with a page for each stretch of time. A viewer costs
// eight bytes here, so ten million fit; a page is sorted when its time comes.

/// Slots in the order in which they are due. Each slot has one appointment at most.
struct Calendar {
  private struct Appointment {
    var due: UInt32
    /// The next slot on the same page; `.max` for none.
    var next: UInt32
  }

  private var appointments: ContiguousArray<Appointment> = []

  /// The first slot of each page that has not been opened.
  private var pages: ContiguousArray<UInt32>

  /// Ticks on a page.
  private let pageLength: UInt64
  private var page = -1

  /// What is left of the open page, the last of it first: due times above slots, in one word.
  private var open: ContiguousArray<UInt64> = []
  private var count = 0

  /// A calendar for about `slots` slots that ends at `last`; later appointments never come.
  init(slots: Int, last: UInt32) {
    let pageCount = min(max(slots / 8, 1 << 6), 1 << 20)
    pageLength = (UInt64(last) + 1) / UInt64(pageCount) + 1
    pages = ContiguousArray(repeating: .max, count: Int(UInt64(last) / pageLength) + 1)
    appointments.reserveCapacity(slots)
  }

  /// Makes the slot's appointment. Precondition: it has none, and the time is not before the last one
  /// taken.
  mutating func add(_ slot: UInt32, due: UInt32) {
    while appointments.count <= Int(slot) {
      appointments.append(Appointment(due: 0, next: .max))
    }
    let place = Int(UInt64(due) / pageLength)
    guard place < pages.count else { return }
    count += 1
    if place <= page {
      insert(UInt64(due) << 32 | UInt64(slot))
    } else {
      appointments[Int(slot)] = Appointment(due: due, next: pages[place])
      pages[place] = slot
    }
  }

  /// When the next appointment is due; nil when there is none up to `limit`. A page is opened when its time
  /// has come and not before, since what is added to an open page has to be put in its place.
  mutating func nextDue(upTo limit: UInt32) -> UInt32? {
    while open.isEmpty {
      guard count > 0, page + 1 < pages.count, UInt64(page + 1) * pageLength <= UInt64(limit)
      else { return nil }
      turnPage()
    }
    return open.last.map { UInt32($0 >> 32) }
  }

  /// Takes the next appointment's slot. Precondition: there is one.
  mutating func takeNext() -> UInt32 {
    count -= 1
    return UInt32(truncatingIfNeeded: open.removeLast())
  }

  private mutating func turnPage() {
    page += 1
    var slot = pages[page]
    while slot != .max {
      open.append(UInt64(appointments[Int(slot)].due) << 32 | UInt64(slot))
      slot = appointments[Int(slot)].next
    }
    open.sort(by: >)
  }

  /// Puts an appointment on the open page.
  private mutating func insert(_ word: UInt64) {
    var (low, high) = (0, open.count)
    while low < high {
      let middle = (low + high) / 2
      if open[middle] > word { low = middle + 1 } else { high = middle }
    }
    open.insert(word, at: low)
  }
}
