// The table of kept messages (§2 rule 13). Those of one namespace are chained in the order in which
// their services were first kept, at most 16 of them.

/// The kept message of one service in one namespace.
struct KeptMessage {
  var service = ServiceID(.max)

  /// The length of the text; 0 in an element of the list of free ones.
  var bytes: UInt32 = 0
  var message = MessageID(0)

  /// The next message of the same namespace, or of the list of free ones; `.max` for none.
  var next: UInt32 = .max
}

/// The kept messages of all namespaces. None of their texts is empty. A chain is known by its first
/// element, which the namespace has.
struct KeptMessages {
  private(set) var messages: ContiguousArray<KeptMessage> = []

  /// For each service, the number of namespaces that keep a message of it.
  private(set) var uses: ContiguousArray<UInt32> = []

  /// The number of kept messages.
  private(set) var count = 0
  private var firstFree: UInt32 = .max

  /// The bytes of the table, including unused capacity.
  var tableBytes: Int {
    messages.capacity * MeterElementSize.kept + uses.capacity * MemoryLayout<UInt32>.stride
  }

  /// Whether a message of a service is kept.
  func isKnown(_ service: ServiceID) -> Bool {
    Int(service.number) < uses.count && uses[Int(service.number)] > 0
  }

  /// The place of a service's message in a chain, nil if it has none there, the length of the
  /// chain, and the bytes of the texts of the other services. O(services)
  func find(
    _ service: ServiceID, from first: UInt32
  ) -> (place: UInt32?, length: Int, otherBytes: UInt32) {
    var (place, length, bytes) = (UInt32?.none, 0, UInt32(0))
    var index = first
    while index != .max {
      if messages[Int(index)].service == service {
        place = index
      } else {
        bytes += messages[Int(index)].bytes
      }
      length += 1
      index = messages[Int(index)].next
    }
    return (place, length, bytes)
  }

  /// Visits the services and messages of a chain in order. O(services)
  func visit(from first: UInt32, _ visit: (KeptMessage) -> Void) {
    var index = first
    while index != .max {
      visit(messages[Int(index)])
      index = messages[Int(index)].next
    }
  }

  /// Adds a message to the end of a chain. O(services). Precondition: the service has none there,
  /// and the text is not empty.
  mutating func add(
    _ service: ServiceID, _ message: MessageID, bytes: UInt32, to first: inout UInt32
  ) {
    let place: UInt32
    if firstFree != .max {
      place = firstFree
      firstFree = messages[Int(place)].next
    } else {
      place = UInt32(messages.count)
      messages.append(KeptMessage())
    }
    messages[Int(place)] = KeptMessage(service: service, bytes: bytes, message: message)
    count += 1
    while uses.count <= Int(service.number) { uses.append(0) }
    uses[Int(service.number)] += 1
    guard first != .max else {
      first = place
      return
    }
    var last = first
    while messages[Int(last)].next != .max { last = messages[Int(last)].next }
    messages[Int(last)].next = place
  }

  /// Replaces the message of a service. Precondition: the text is not empty.
  mutating func replace(_ place: UInt32, _ message: MessageID, bytes: UInt32) {
    messages[Int(place)].message = message
    messages[Int(place)].bytes = bytes
  }

  /// Removes a message from its chain. O(services)
  mutating func remove(_ place: UInt32, from first: inout UInt32) {
    let next = messages[Int(place)].next
    uses[Int(messages[Int(place)].service.number)] -= 1
    if first == place {
      first = next
    } else {
      var previous = first
      while messages[Int(previous)].next != place { previous = messages[Int(previous)].next }
      messages[Int(previous)].next = next
    }
    messages[Int(place)] = KeptMessage(next: firstFree)
    firstFree = place
    count -= 1
    if count == 0 { self = KeptMessages() }
  }
}
