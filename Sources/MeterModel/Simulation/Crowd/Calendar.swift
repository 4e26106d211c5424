// The calendar of the viewers' next actions, with a page for each stretch of time. A viewer takes
// eight bytes, so ten million fit. A page is sorted when its time comes.

/// Slots in the order in which they are due. Each slot has at most one appointment.
struct Calendar {
  private struct Appointment {
    var due: UInt32
    /// The next slot on the same page; `.max` for none.
    var next: UInt32
  }

  private var appointments: ContiguousArray<Appointment> = []

  /// The first slot of each page that is not open yet.
  private var pages: ContiguousArray<UInt32>

  /// The number of ticks of a page.
  private let pageLength: UInt64
  private var page = -1

  /// The rest of the open page, the next appointment last. A word is the due time above the slot.
  private var open: ContiguousArray<UInt64> = []
  private var count = 0

  /// A calendar for about `slots` slots that ends at `last`. Later appointments are dropped.
  init(slots: Int, last: UInt32) {
    let pageCount = min(max(slots / 8, 1 << 6), 1 << 20)
    pageLength = (UInt64(last) + 1) / UInt64(pageCount) + 1
    pages = ContiguousArray(repeating: .max, count: Int(UInt64(last) / pageLength) + 1)
    appointments.reserveCapacity(slots)
  }

  /// Adds an appointment. Precondition: the slot has none, and the time is not before the last one
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

  /// The time of the next appointment; nil if there is none up to `limit`. A page is opened when
  /// its time has come and not before, because adding to an open page takes longer.
  mutating func nextDue(upTo limit: UInt32) -> UInt32? {
    while open.isEmpty {
      guard count > 0, page + 1 < pages.count, UInt64(page + 1) * pageLength <= UInt64(limit)
      else { return nil }
      turnPage()
    }
    return open.last.map { UInt32($0 >> 32) }
  }

  /// Takes the slot of the next appointment. Precondition: there is one.
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

  /// Inserts an appointment into the open page.
  private mutating func insert(_ word: UInt64) {
    var (low, high) = (0, open.count)
    while low < high {
      let middle = (low + high) / 2
      if open[middle] > word { low = middle + 1 } else { high = middle }
    }
    open.insert(word, at: low)
  }
}
