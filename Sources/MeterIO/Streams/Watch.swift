// A response that observes several namespaces (§4). For the node it is as many streams, each of
// which has a slot of its own without a socket, in the audience of its namespace. What comes for
// these slots is sent in events that name the namespace.

import MeterModel

/// A response that is several observers' streams, its parts.
struct Watch {
  /// One of the streams.
  struct Part {
    let slot: UInt32

    /// The name of its namespace, in `names`.
    let name: Range<Int>

    /// The count that is still to be sent; nil if there is none.
    var count: UInt64?
  }

  /// The slot of the connection.
  let slot: UInt32

  /// The streams, in the order of the request.
  private(set) var parts: ContiguousArray<Part> = []
  private var names: ContiguousArray<UInt8> = []
  private var firstMessages: ContiguousArray<UInt8> = []

  /// The number of streams that have no first count yet. The response begins when it is 0.
  private(set) var awaited = 0

  /// Whether it is among the watches whose counts are sent at the end of the turn.
  var isDue = false

  /// A response without streams, on the connection in a slot.
  init(slot: UInt32) {
    self.slot = slot
  }

  /// Adds the stream in a slot, of the namespace with a name.
  mutating func add(_ slot: UInt32, _ name: Span<UInt8>) {
    let name = names.appendText(name)
    parts.append(Part(slot: slot, name: name.bounds))
    awaited += 1
  }

  /// Takes the first count of the stream in a slot, and the messages that come with it, in the form
  /// that other streams are sent. O(streams + bytes)
  mutating func greet(_ slot: UInt32, _ count: UInt64, messages: Span<UInt8>) {
    awaited -= 1
    set(slot, count)
    guard !messages.isEmpty else { return }
    var events: ContiguousArray<UInt8> = []
    append(messages: messages, to: slot, into: &events)
    firstMessages.append(events.span)
  }

  /// Takes the events of the messages that came with the first counts.
  mutating func takeFirstMessages() -> ContiguousArray<UInt8> {
    var events: ContiguousArray<UInt8> = []
    swap(&events, &firstMessages)
    return events
  }

  /// Takes the newest count of the stream in a slot. O(streams)
  mutating func set(_ slot: UInt32, _ count: UInt64) {
    parts[index(of: slot)].count = count
  }

  /// Whether counts are still to be sent. O(streams)
  var hasCounts: Bool { parts.contains { $0.count != nil } }

  /// Takes the counts that are still to be sent, as a JSON object with the namespaces' names. They
  /// are sent after that.
  mutating func takeCounts() -> ContiguousArray<UInt8> {
    var json = JSONWriter()
    json.beginObject()
    for index in parts.indices {
      guard let count = parts[index].count else { continue }
      json.name(names.span.extracting(parts[index].name))
      json.write(count)
      parts[index].count = nil
    }
    json.endObject()
    return json.bytes
  }

  /// Appends the messages to the stream in a slot. `events` are those that other streams of the
  /// namespace are sent. O(streams + bytes)
  func append(
    messages events: Span<UInt8>, to slot: UInt32, into output: inout ContiguousArray<UInt8>
  ) {
    let name = parts[index(of: slot)].name
    ServerSentEvents.append(messages: events, of: names.span.extracting(name), into: &output)
  }

  private func index(of slot: UInt32) -> Int {
    guard let index = parts.firstIndex(where: { $0.slot == slot }) else {
      fatalError("slot \(slot) is a stream of another response")
    }
    return index
  }
}
