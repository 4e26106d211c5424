// The audience of each namespace over time, as comma-separated values (RFC 4180).

/// Collects rows for the local members, the pending viewers and the count last sent of each
/// namespace: at each change, or at each step of time. A section, or the part of it in a span, also
/// has rows for the audiences at its beginning, and one for each namespace at its end, so that the
/// time until then is not lost. Precondition: the replay has the detail of changes.
package struct AudienceSeries {
  /// The rows that were written and not taken yet; at first the header.
  package var bytes = ContiguousArray(
    "section,seconds,unix_time,namespace,members,pending,told\n".utf8)

  /// The place of the replay relative to the span of the rows.
  package private(set) var follower: SpanFollower

  /// The time between two rows of a namespace; nil for a row at each change.
  private let step: Duration?

  /// The instant of the next step.
  private var nextStep = Instant.start

  /// The instant that the replay has reached in the section.
  private var now = Instant.start

  private var places: ContiguousArray<Place> = []

  /// The places that had an audience at the last step, or have changed since; each once.
  private var active: ContiguousArray<Int> = []

  /// The fields of the namespaces that were retired before a step has shown that their audience is
  /// gone. Their numbers may be used for other names.
  private var departed: ContiguousArray<ContiguousArray<UInt8>> = []

  /// The values of a row.
  private struct Values: Equatable {
    var members: UInt64 = 0
    var pending: UInt32 = 0

    /// The count last sent to all open connections; nil while none is open.
    var told: UInt64?

    var hasAudience: Bool { members > 0 || pending > 0 }
  }

  /// A namespace, by its number.
  private struct Place {
    /// The name as a field; empty before the first change since its creation.
    var field: ContiguousArray<UInt8> = []
    var values = Values()

    /// The instant of the last row; nil if the section has none yet.
    var rowAt: Instant?
    var isActive = false
  }

  /// A series of a span, with rows at each change or every `step`, which is more than zero. Steps
  /// are counted from the instant 0 of a section.
  package init(of span: LogSpan = LogSpan(), every step: Duration? = nil) {
    follower = SpanFollower(span)
    self.step = step
  }

  /// Takes the latest step of the replay into account.
  package mutating func note(_ step: Replay.Step, of replay: borrowing Replay) {
    switch step {
    case .section(let section):
      endSection()
      (places, active, departed, now) = ([], [], [], .start)
      follower.begin(section)
    case .applied: take(replay)
    case .restored: restore(replay)
    case .end, .torn, .damage:
      pass(to: replay.meter.now)
      endSection()
    case .read, .gap, .difference: break
    }
  }

  private mutating func take(_ replay: borrowing Replay) {
    for effect in replay.effects {
      switch effect.action {
      case .notify(let namespace, let count):
        pass(to: effect.instant)
        sample(namespace, replay, told: count)
      case .retire(let namespace):
        pass(to: effect.instant)
        forget(namespace)
      case .greet, .message, .send, .pong, .end, .refuse, .reject: break
      }
    }
    pass(to: replay.meter.now)
    for namespace in replay.changed { sample(namespace, replay, told: nil) }
  }

  private mutating func restore(_ replay: borrowing Replay) {
    now = replay.meter.now
    follower.skip(to: now)
    if follower.isWithin { pass(to: now) }
    for place in places.indices where !places[place].field.isEmpty {
      let namespace = NamespaceID(UInt32(place))
      if !replay.meter.exists(namespace) {
        set(Values(), place)
        forget(namespace)
      }
    }
    for namespace in replay.changed { sample(namespace, replay, told: nil) }
    pass(to: now)
  }

  /// Takes the values of a namespace at `now`. `told` is the count that it was just notified of;
  /// nil for the one that the meter has.
  private mutating func sample(
    _ namespace: NamespaceID, _ replay: borrowing Replay, told: UInt64?
  ) {
    var values = Values()
    if let counts = replay.meter.counts(of: namespace) {
      values.members = counts.ownMembers
      values.pending = counts.pending
      if counts.open > 0 { values.told = told ?? counts.told }
    }
    let place = Int(namespace.number)
    while places.count <= place { places.append(Place()) }
    guard values != places[place].values else { return }
    if places[place].field.isEmpty {
      places[place].field = Self.field(replay.reader.name(of: namespace))
    }
    set(values, place)
  }

  private mutating func set(_ values: Values, _ place: Int) {
    guard values != places[place].values else { return }
    places[place].values = values
    if !places[place].isActive {
      places[place].isActive = true
      active.append(place)
    }
    if step == nil, follower.isWithin { write(place, at: now) }
  }

  /// Forgets a namespace. Its number may be used for another name.
  private mutating func forget(_ namespace: NamespaceID) {
    let place = Int(namespace.number)
    guard place < places.count else { return }
    if step != nil, follower.isWithin, places[place].isActive, !places[place].field.isEmpty {
      departed.append(places[place].field)
    }
    places[place].field = []
  }
}

// The rows.
extension AudienceSeries {
  /// Goes on to an instant of the section, at which changes may follow: enters or leaves the span,
  /// and writes the rows of the steps before it.
  private mutating func pass(to instant: Instant) {
    if follower.enters(by: instant) { enter(at: max(follower.part.lowerBound, now)) }
    if follower.leaves(by: instant) { writeLastRows(at: follower.part.upperBound) }
    if follower.isWithin { writeSteps(before: instant) }
    now = instant
  }

  private mutating func enter(at instant: Instant) {
    keepAudiences()
    departed = []
    if let step {
      nextStep = Self.firstStep(from: instant, every: step)
      // The row of a step has the values after all changes of its instant.
      if nextStep == instant { return }
    }
    for place in active { write(place, at: instant) }
  }

  /// The first step at or after an instant.
  private static func firstStep(from instant: Instant, every step: Duration) -> Instant {
    let steps = (instant.nanoseconds + step.nanoseconds - 1) / step.nanoseconds
    return Instant(nanoseconds: steps * step.nanoseconds)
  }

  /// Removes the places without an audience from the active ones.
  private mutating func keepAudiences() {
    for place in active { places[place].isActive = places[place].values.hasAudience }
    active.removeAll { !places[$0].isActive }
  }

  private mutating func endSection() {
    if follower.endSection() { writeLastRows(at: now) }
  }

  private mutating func writeLastRows(at end: Instant) {
    writeSteps(before: end)
    writeDeparted(at: end)
    for place in places.indices where !places[place].field.isEmpty && places[place].rowAt != end {
      write(place, at: end)
    }
  }

  private mutating func writeSteps(before instant: Instant) {
    guard let step else { return }
    while nextStep < instant {
      if active.isEmpty, departed.isEmpty {
        nextStep = Self.firstStep(from: instant, every: step)
        return
      }
      writeDeparted(at: nextStep)
      for place in active where !places[place].field.isEmpty { write(place, at: nextStep) }
      keepAudiences()
      nextStep = nextStep + step
    }
  }

  private mutating func writeDeparted(at instant: Instant) {
    for field in departed { write(field, Values(), at: instant) }
    departed.removeAll()
  }

  private mutating func write(_ place: Int, at instant: Instant) {
    places[place].rowAt = instant
    write(places[place].field, places[place].values, at: instant)
  }

  private mutating func write(
    _ field: ContiguousArray<UInt8>, _ values: Values, at instant: Instant
  ) {
    bytes.append(decimal: UInt64(follower.section))
    bytes.append(ASCII.comma)
    bytes.append(secondsOf: instant.nanoseconds)
    bytes.append(ASCII.comma)
    // A damaged or invented log may start after the last UNIX time of 64 bits.
    if let start = follower.wallStart {
      bytes.append(secondsOf: start.addingReportingOverflow(instant.nanoseconds).partialValue)
    }
    bytes.append(ASCII.comma)
    bytes.append(contentsOf: field)
    bytes.append(ASCII.comma)
    bytes.append(decimal: values.members)
    bytes.append(ASCII.comma)
    bytes.append(decimal: UInt64(values.pending))
    bytes.append(ASCII.comma)
    if let told = values.told { bytes.append(decimal: told) }
    bytes.append(ASCII.lineFeed)
  }

  /// A name as a field. It is in quotes, with its own quotes doubled, if it has a comma or a quote.
  /// A spreadsheet takes a field for a formula that begins with one of `=+-@`, a tab or a carriage
  /// return, so such a name has an apostrophe in front; and so has a name that begins with one, so
  /// that no two names are written alike.
  package static func field(_ name: [UInt8]) -> ContiguousArray<UInt8> {
    var text: ContiguousArray<UInt8> = []
    switch name.first {
    case ASCII.equals, UInt8(ascii: "+"), UInt8(ascii: "-"), ASCII.at, ASCII.tab,
      ASCII.carriageReturn, UInt8(ascii: "'"):
      text.append(UInt8(ascii: "'"))
    default: break
    }
    text.append(contentsOf: name)
    let special = [ASCII.quote, ASCII.comma, ASCII.carriageReturn, ASCII.lineFeed]
    guard text.contains(where: { special.contains($0) }) else { return text }
    var field: ContiguousArray<UInt8> = [ASCII.quote]
    for byte in text {
      if byte == ASCII.quote { field.append(ASCII.quote) }
      field.append(byte)
    }
    field.append(ASCII.quote)
    return field
  }
}
