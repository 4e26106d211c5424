// The retained messages of all nodes (§2 rule 13), without their texts: which text of a service is
// the newest. Two nodes may retain texts of one service at the same time. The later stamp wins on
// all nodes, so that all end with the same text.

/// The age of a retained text among those of its service.
struct KeptStamp: Comparable {
  /// The time on the clock of the cluster's stamps, in UNIX milliseconds, at most 2⁵³ − 1.
  var time: UInt64

  /// A number that depends on the text only, at most 2⁵³ − 1. It decides between equal times.
  var check: UInt64

  init(time: UInt64, check: UInt64) {
    (self.time, self.check) = (time, check)
  }

  /// The stamp of a text.
  init(time: UInt64, text: Span<UInt8>) {
    self.init(time: time, check: Self.check(of: text))
  }

  /// The check of a text. All nodes must agree on it, so the key is fixed.
  static func check(of text: Span<UInt8>) -> UInt64 { HashKey(0, 0).hash(text) >> 11 }

  static func < (left: KeptStamp, right: KeptStamp) -> Bool {
    (left.time, left.check) < (right.time, right.check)
  }
}

/// The newest text of each service, in the namespaces that exist on this node.
struct KeptStamps {
  /// The newest text of a service.
  struct Record {
    /// Whether this node keeps the text.
    enum Phase {
      /// It does. Can become any.
      case kept

      /// The text is empty: the keeping was ended. Can become any.
      case ended

      /// The meter of this node rejected it, because the namespace keeps too much here. Can become
      /// any; it is forgotten when the namespace keeps less.
      case refused
    }

    let service: ContiguousArray<UInt8>
    var stamp: KeptStamp
    var phase: Phase

    /// The number of further rounds that list it although nothing has changed.
    var repetitions = UInt8(ClusterSettings.roundsPerChange)

    /// The instant at which the text was last sent; nil if it was not.
    var sentAt: Instant?
  }

  /// The largest number of services that a namespace does not keep and that are remembered; the
  /// oldest are dropped.
  private static let maximumOthers = Configuration.maximumServices

  private var names: NameTable
  private var records: ContiguousArray<ContiguousArray<Record>> = []

  /// No records. The key is that of the table of the namespaces' names.
  init(hashKey: HashKey) {
    names = NameTable(key: hashKey)
  }

  /// The end of the numbers of namespaces. Some numbers may have no records.
  var numbersEnd: Int { records.count }

  /// The records of a namespace by its number, in the order in which they were made.
  subscript(number: Int) -> ContiguousArray<Record> { records[number] }

  /// Calls `body` with the name of a namespace that has records.
  func withName(of number: Int, _ body: (Span<UInt8>) -> Void) {
    names.withName(of: UInt32(number), body)
  }

  /// The record of a service; nil if there is none. O(services)
  func record(of service: Span<UInt8>, in namespace: Span<UInt8>) -> Record? {
    guard let number = names.find(namespace) else { return nil }
    return records[Int(number)].first { $0.service.span.isEqual(to: service) }
  }

  /// Records the newest text of a service. O(services). Precondition: the name of the namespace has
  /// 1 to 255 bytes.
  mutating func set(
    _ stamp: KeptStamp, _ phase: Record.Phase, of service: Span<UInt8>, in namespace: Span<UInt8>
  ) {
    guard let bound = names.bind(namespace) else {
      fatalError("the name of a namespace has \(namespace.count) bytes")
    }
    let number = Int(bound)
    while records.count <= number { records.append([]) }
    // Where less is kept now, there may be room for what was refused.
    if phase != .refused { records[number].removeAll { $0.phase == .refused } }
    if let place = records[number].firstIndex(where: { $0.service.span.isEqual(to: service) }) {
      records[number][place].stamp = stamp
      records[number][place].phase = phase
      records[number][place].repetitions = UInt8(ClusterSettings.roundsPerChange)
      records[number][place].sentAt = nil
    } else {
      var copy: ContiguousArray<UInt8> = []
      copy.append(service)
      records[number].append(Record(service: copy, stamp: stamp, phase: phase))
    }
    while records[number].count(where: { $0.phase != .kept }) > Self.maximumOthers,
      let oldest = records[number].firstIndex(where: { $0.phase != .kept })
    {
      records[number].remove(at: oldest)
    }
  }

  /// Records that the text of a service is sent. Precondition: it has a record.
  mutating func sent(_ service: Span<UInt8>, in namespace: Span<UInt8>, at instant: Instant) {
    guard let number = names.find(namespace),
      let place = records[Int(number)].firstIndex(where: { $0.service.span.isEqual(to: service) })
    else { return }
    records[Int(number)][place].sentAt = instant
  }

  /// Records that a round lists the records of a namespace.
  mutating func listed(_ number: Int) {
    for place in records[number].indices where records[number][place].repetitions > 0 {
      records[number][place].repetitions -= 1
    }
  }

  /// Forgets the records of a namespace that retired.
  mutating func forget(_ namespace: Span<UInt8>) {
    guard let number = names.find(namespace) else { return }
    names.unbind(number)
    records[Int(number)] = []
    while records.last?.isEmpty == true { records.removeLast() }
  }
}
