// What is remembered of a viewer id after its last connection left: the newest connection that was
// excluded for it (§2 rule 8). A page whose stream was excluded comes back after 2 s. The page that
// excluded it may just then be between two connections, because it is reloaded.

/// The viewer ids that no connection holds and for which a connection is remembered, in the order
/// in which they were left. An id that is held again keeps its entry, which then has no meaning.
struct Departures {
  /// The departure of one id; 16 bytes.
  struct Departure {
    let since: Instant
    let viewer: UInt32

    /// The newest connection that was excluded for the id.
    let remembered: ConnectionOrdinal
  }

  private var entries = FIFO<Departure>()

  /// The ticket of the first entry. The tickets of the others follow it (modulo 2³²).
  private var firstTicket: UInt32 = 0

  /// The instant of the first departure; `Instant.never` if there is none.
  private(set) var firstSince = Instant.never

  /// The number of entries for which there is room.
  var capacity: Int { entries.elements.capacity }

  /// Adds a departure at the end and returns its ticket. Amortised O(1). Precondition: it is not
  /// before the last one.
  mutating func append(_ departure: Departure) -> UInt32 {
    if entries.isEmpty { firstSince = departure.since }
    entries.append(departure)
    return firstTicket &+ UInt32(entries.count - 1)
  }

  /// The departure with a ticket. O(1). Precondition: it was not taken out.
  subscript(ticket: UInt32) -> Departure { entries[Int(ticket &- firstTicket)] }

  /// Visits the departures in their order, with their tickets. O(n)
  func forEach(_ visit: (_ ticket: UInt32, Departure) -> Void) {
    for place in 0..<entries.count { visit(firstTicket &+ UInt32(place), entries[place]) }
  }

  /// Takes out the first departure, with its ticket; nil if there is none. Amortised O(1)
  mutating func popFirst() -> (ticket: UInt32, Departure)? {
    guard let departure = entries.popFirst() else { return nil }
    defer {
      firstTicket &+= 1
      firstSince = entries.first?.since ?? .never
    }
    return (firstTicket, departure)
  }
}
