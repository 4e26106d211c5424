// A snapshot in a log. Its fields are listed here once and for both forms of the log: a field that
// is added is written and read by both. In the binary form the order of the fields is the format
// (docs/LOG-FORMAT.md); the text form also has their names (docs/LOG-TEXT.md).

/// The state from which a section continues.
package struct LogSnapshot: Equatable, Sendable {
  /// The state of the meter.
  package var meter = MeterSnapshot()

  /// The text of each kept message of the meter, in their order.
  package var texts: ContiguousArray<ContiguousArray<UInt8>> = []

  /// The number of messages so far.
  package var messages: UInt64 = 0

  /// The digest of all effects so far.
  package var digest = Digest()

  package init() {}

  /// The texts with the namespaces and services that keep them.
  package var keptTexts: KeptTexts {
    var texts = KeptTexts()
    for (kept, text) in zip(meter.kept, self.texts) {
      texts.keep(text.span, as: kept.message, of: kept.service, in: kept.namespace)
    }
    return texts
  }
}

/// Writes or reads the fields of a snapshot, one after the other. A coder that writes changes no
/// value. `name` is the name of the field in the text form.
protocol SnapshotCoder {
  /// The error of a coder that reads; `Never` for one that writes.
  associatedtype Failure: Error

  /// The instant of the snapshot. It precedes all other instants.
  mutating func now(_ name: String, _ now: inout Instant) throws(Failure)

  /// The ordinal of the latest connection. It precedes all other ordinals.
  mutating func latest(_ name: String, _ ordinal: inout ConnectionOrdinal) throws(Failure)

  mutating func digest(_ name: String, _ digest: inout Digest) throws(Failure)

  mutating func number(_ name: String, _ number: inout UInt64) throws(Failure)

  /// A number that grows from each element of a list to the next.
  mutating func growing(_ name: String, _ number: inout UInt64) throws(Failure)

  /// An instant up to that of the snapshot.
  mutating func instant(_ name: String, _ instant: inout Instant) throws(Failure)

  /// The same, or nil.
  mutating func instant(_ name: String, optional instant: inout Instant?) throws(Failure)

  /// The ordinal of a connection.
  mutating func ordinal(_ name: String, _ ordinal: inout ConnectionOrdinal) throws(Failure)

  /// The same, or none.
  mutating func ordinal(
    _ name: String, optional ordinal: inout ConnectionOrdinal
  ) throws(Failure)

  /// The name of a namespace, which is given here for the first time.
  mutating func newNamespace(_ name: String, _ namespace: inout NamespaceID) throws(Failure)

  /// A namespace whose name was given before.
  mutating func namespace(_ name: String, _ namespace: inout NamespaceID) throws(Failure)

  mutating func node(_ name: String, _ node: inout NodeID) throws(Failure)

  /// A source of external counts.
  mutating func source(_ name: String, _ source: inout SourceID) throws(Failure)

  /// A service that keeps messages.
  mutating func service(_ name: String, _ service: inout ServiceID) throws(Failure)

  /// A text, which is not empty.
  mutating func text(_ name: String, _ text: inout ContiguousArray<UInt8>) throws(Failure)

  /// Whether something is the case.
  mutating func flag(_ name: String, _ flag: inout Bool) throws(Failure)

  /// A viewer id, or none.
  mutating func viewer(_ name: String, _ viewer: inout ViewerID) throws(Failure)

  /// A viewer id.
  mutating func viewer(_ name: String, required viewer: inout ViewerID) throws(Failure)

  /// The phase of a connection and, in the text form, its number.
  mutating func begin(_ connection: inout MeterSnapshot.Connection) throws(Failure)

  /// Whether a viewer is leaving or returning.
  mutating func begin(_ departure: inout MeterSnapshot.Departure) throws(Failure)
}

extension LogSnapshot {
  /// The fields before the lists.
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.now("at", &meter.now)
    try coder.digest("digest", &digest)
    try coder.number("messages", &messages)
    try coder.latest("latest", &meter.lastOrdinal)
    try coder.number("created", &meter.lastNamespaceOrdinal)
    try coder.number("counted", &meter.countedConnections)
    try coder.number("peak", &meter.peakMembers)
  }
}

extension MeterSnapshot.Namespace {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.newNamespace("name", &id)
    try coder.growing("ordinal", &ordinal)
    try coder.instant("created", &createdAt)
    try coder.number("connections", &connections)
    try coder.number("told", &told)
    try coder.instant("told-at", &toldAt)
    try coder.number("lowest", &lowestGreeted)
    try coder.number("highest", &highestGreeted)
    try coder.instant("notified", optional: &modified)
    try coder.number("peak", &peak)
    try coder.instant("peak-at", &peakAt)
    try coder.number("member-seconds", &memberSeconds)
    try coder.number("member-nanoseconds", &memberNanoseconds)
  }
}

extension MeterSnapshot.Vacancy {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.namespace("namespace", &namespace)
    try coder.instant("since", &since)
  }
}

extension MeterSnapshot.Remote {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.node("node", &node)
    try coder.namespace("namespace", &namespace)
    try coder.instant("reported", &reportedAt)
    try coder.number("members", &members)
    try coder.number("connections", &connections)
  }
}

extension MeterSnapshot.Connection {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.begin(&self)
    guard phase != .dismissed else { return }
    try coder.instant("opened", &openedAt)
    try coder.ordinal("ordinal", &ordinal)
    try coder.namespace("namespace", &namespace)
    try coder.viewer("viewer", &viewer)
    guard viewer == .none, phase != .observer else { return }
    try coder.instant("since", &since)
  }
}

extension MeterSnapshot.Viewer {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.viewer("id", required: &id)
    try coder.namespace("namespace", &namespace)
    try coder.flag("counted", &isMember)
    try coder.instant("since", &since)
    try coder.ordinal("excluded", optional: &remembered)
  }
}

extension MeterSnapshot.Ping {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.viewer("id", required: &viewer)
    try coder.namespace("namespace", &namespace)
    try coder.instant("at", &at)
  }
}

extension MeterSnapshot.Departure {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.begin(&self)
    try coder.namespace("namespace", &namespace)
    try coder.viewer("viewer", &viewer)
    try coder.ordinal("ordinal", optional: &ordinal)
    try coder.instant("since", &since)
    try coder.instant("left", &leftAt)
  }
}

extension MeterSnapshot.External {
  mutating func code<Coder: SnapshotCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.source("source", &source)
    try coder.namespace("namespace", &namespace)
    try coder.instant("reported", &reportedAt)
    try coder.number("members", &members)
  }
}

extension MeterSnapshot.Kept {
  mutating func code<Coder: SnapshotCoder>(
    _ coder: inout Coder, text: inout ContiguousArray<UInt8>
  ) throws(Coder.Failure) {
    var number = message.number
    try coder.namespace("namespace", &namespace)
    try coder.service("service", &service)
    try coder.number("message", &number)
    try coder.text("text", &text)
    message = MessageID(number)
    bytes = UInt32(text.count)
  }
}
