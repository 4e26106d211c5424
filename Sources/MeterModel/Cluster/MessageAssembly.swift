// A message that is longer than a datagram is sent in parts, which arrive in any order and possibly
// more than once.

/// The incomplete messages of one node. Their number and size are limited; the oldest is dropped
/// for a new one.
struct MessageAssembly {
  /// The largest number of incomplete messages.
  static let messagesLimit = 64

  /// The largest sum of the bytes of their parts.
  static let bytesLimit = 1 << 20

  /// A message of which parts are missing.
  private struct Partial {
    let number: UInt64
    let since: Instant
    var parts: ContiguousArray<ContiguousArray<UInt8>?>
    var missing: Int
    var size = 0
  }

  private var partials: ContiguousArray<Partial> = []
  private var size = 0

  /// Adds a part. Returns the whole text if it was the last missing part; nil otherwise, and also
  /// for a part that is known already or contradicts the others.
  mutating func add(
    _ message: ClusterDatagram.Message, text: Span<UInt8>, at instant: Instant
  ) -> ContiguousArray<UInt8>? {
    if !partials.contains(where: { $0.number == message.number }) {
      partials.append(
        Partial(
          number: message.number, since: instant,
          parts: ContiguousArray(repeating: nil, count: message.parts), missing: message.parts))
      while partials.count > Self.messagesLimit { forget(0) }
    }
    guard let place = partials.firstIndex(where: { $0.number == message.number }),
      partials[place].parts.count == message.parts, partials[place].parts[message.part] == nil
    else { return nil }
    var copy: ContiguousArray<UInt8> = []
    copy.append(text)
    partials[place].parts[message.part] = copy
    partials[place].missing -= 1
    partials[place].size += text.count
    size += text.count
    guard partials[place].missing == 0 else {
      while size > Self.bytesLimit { forget(0) }
      return nil
    }
    let whole = ContiguousArray(partials[place].parts.compactMap { $0 }.joined())
    forget(place)
    return whole
  }

  /// Drops the messages whose first part arrived before `instant`.
  mutating func forget(since instant: Instant) {
    while let first = partials.first, first.since < instant { forget(0) }
  }

  private mutating func forget(_ place: Int) {
    size -= partials[place].size
    partials.remove(at: place)
  }
}
