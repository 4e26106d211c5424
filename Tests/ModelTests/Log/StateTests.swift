// The state of a meter in the text form of the log: what it looks like, and what is refused.

import MeterModel
import Testing

struct StateTests {
  /// A state with every kind of line, after which the log goes on.
  private static let log = """
    option notify-min-delay 3
    state meter at=12.5 digest=0123456789abcdef messages=4 latest=17 created=3 counted=11 peak=9
    state namespace name=football ordinal=1 created=0 connections=10 told=3 told-at=11.25 \
    lowest=3 highest=4 notified=11.25 peak=5 peak-at=6 member-seconds=31 \
    member-nanoseconds=500000000
    state namespace name=tennis ordinal=3 created=9 connections=1 told=0 told-at=9 lowest=0 \
    highest=0 peak=1 peak-at=9 member-seconds=1 member-nanoseconds=0
    state vacant namespace=tennis since=10
    state peer node=b namespace=football reported=11 members=2 connections=5
    state peer node=\\x00#c namespace=football reported=10 members=0 connections=7
    state member 15 opened=9.5 ordinal=15 namespace=football viewer=ab12 excluded=12
    state dismissed 9223372036854775809
    state pending 17 opened=12.25 ordinal=17 namespace=football
    state member 16 opened=10 ordinal=16 namespace=football viewer=#x
    state left viewer=cd34 excluded=14 since=12
    state external source=#twitch namespace=football reported=8 members=1
    state end 12
    12.5 open 18 football viewer=ab12 after=@12
    13 open 19 football after=18
    13 close 15
    14 close 9223372036854775809
    60 end

    """

  private static let lines = log.split(separator: "\n").map(String.init)

  @Test func `a state is the same again as text`() {
    #expect(TextLog.again(Self.log) == Self.log)
  }

  @Test func `a log continues from its state`() {
    var replay = Replay(detail: .records)
    var writer = LogTextWriter()
    replay.append(Array(Self.log.utf8).span)
    replay.finish()
    while let step = replay.next() {
      if case .damage(let damage) = step { Issue.record("\(damage)") }
      for effect in replay.effects {
        guard effect.instant <= .start + .seconds(13) else { continue }
        writer.write(effect, names: replay.reader)
      }
    }
    #expect(
      String(decoding: writer.bytes, as: UTF8.self) == """
        12.5 refuse 18 stopped
        13 greet 19 football 7

        """)
    #expect(replay.figures.records == 4 && replay.figures.opened == 1)
    #expect(replay.figures.duration == Instant(nanoseconds: 60_000_000_000) - Self.start)
  }

  private static let start = Instant(nanoseconds: 12_500_000_000)

  @Test func `a state that lacks a line, or has one twice, is refused`() {
    for place in 1..<13 {
      var less = Self.lines
      less.remove(at: place)
      #expect(TextLog.damage(less.joined(separator: "\n")) != nil, "without line \(place + 1)")
      var more = Self.lines
      more.insert(more[place], at: place)
      #expect(TextLog.damage(more.joined(separator: "\n")) != nil, "line \(place + 1) twice")
    }
  }

  @Test func `a state line without one of its words is refused, at its line or the last`() {
    var refused = 0
    for place in 1..<13 {
      let words = Self.lines[place].split(separator: " ")
      for word in words.indices.dropFirst() {
        // These may be absent.
        let name = words[word].prefix { $0 != "=" }
        if ["notified", "viewer", "excluded"].contains(name) { continue }
        var less = words
        less.remove(at: word)
        var log = Self.lines
        log[place] = less.joined(separator: " ")
        let damage = TextLog.damage(log.joined(separator: "\n"))
        #expect(damage?.place == "line \(place + 1)", "\(log[place]): \(damage?.reason ?? "")")
        refused += 1
      }
    }
    #expect(refused > 40)
  }

  @Test(
    arguments: [
      (1, "at=12.5", "at=x", "at takes a time in seconds with at most 9 decimals, not 'x'"),
      (1, "digest=01", "digest=", "digest takes 16 hexadecimal digits, not '23456789abcdef'"),
      (1, "latest=17", "latest=4294967296", "latest takes a whole number from 0 to 4294967295"),
      (1, "peak=9", "peak=-1", "peak takes a whole number below 2^64, not '-1'"),
      (1, "peak=9", "peak=9 more=1", "'more=1' is not expected there"),
      (1, "meter", "matter", "no part of a state is called 'matter'"),
      (1, "state meter", "state vacant", "a state begins with 'state meter'"),
      (2, "name=football", "name=", "name takes 1 to 255 visible ASCII bytes, not ''"),
      (2, "told-at=11.25", "told-at=12.6", "told-at is after the time of the state"),
      (3, "ordinal=3", "ordinal=1", "the ordinal 1 is not after 1"),
      (3, "name=tennis", "name=football", "the namespace is there twice"),
      (3, "told=0", "sold=0", "told=… is expected, not 'sold=0'"),
      (4, "namespace=tennis", "namespace=chess", "the state has no namespace 'chess'"),
      (5, "node=b", "node=", "node takes 1 to 255 bytes, not ''"),
      (7, "member 15", "member x", "a connection is a whole number below 2^64, not 'x'"),
      (7, "ordinal=15", "ordinal=0", "ordinal is at least 1"),
      (7, "viewer=ab12", "viewer=", "viewer takes 1 to 128 visible ASCII bytes, not ''"),
      (8, "dismissed", "pending", "opened=… is missing"),
      (9, "pending 17", "pending 15", "connection 15 is there twice"),
      (9, "state pending", "state vacant", "'state vacant' is not expected there"),
      (11, "since=12", "since=12.6", "since is after the time of the state"),
      (11, "left viewer=cd34", "left", "viewer=… is expected, not 'excluded=14'"),
      (12, "source=#twitch", "source=", "source takes 1 to 255 visible ASCII bytes, not ''"),
      (12, "namespace=football", "namespace=f", "the state has no namespace 'f'"),
      (13, "end 12", "end 9", "'state end' has the number of the lines before it, which is 12"),
      (13, "state end 12", "13 open 1 a", "'state end' is missing before 'open'"),
      (13, "state end 12", "option max-namespaces 1", "an option follows a state"),
      (14, "12.5", "12", "the time 12 is before 12.5"),
    ] as [(Int, String, String, String)])
  func `a damaged state line is refused with its number and a reason`(
    place: Int, part: String, other: String, reason: String
  ) {
    var log = Self.lines
    #expect(log[place].contains(part))
    log[place] = log[place].replacing(part, with: other, maxReplacements: 1)
    let damage = TextLog.damage(log.joined(separator: "\n"))
    #expect(damage?.place == "line \(place + 1)")
    #expect(damage?.reason.hasPrefix(reason) == true, "\(damage?.reason ?? "none")")
  }

  @Test func `a state that cannot be is refused where the log goes on from it`() {
    for (part, other) in [
      ("viewer=#x", "viewer=ab12"), ("told=3", "told=9"), ("created=3", "created=2"),
      ("viewer=cd34", "viewer=ab12"), ("since=12", "since=7.5"),
      ("state vacant namespace=tennis", "state vacant namespace=football"),
      ("reported=8 members=1", "reported=8 members=0"),
    ] {
      let log = Self.log.replacing(part, with: other, maxReplacements: 1)
      #expect(TextLog.damage(log)?.place == "line 14", "\(other)")
    }
  }

  @Test func `a log that ends within its state is refused`() {
    let log = Self.lines.prefix(13).joined(separator: "\n")
    #expect(
      TextLog.damage(log)
        == LogDamage(
          place: "line 13", reason: "the state is not complete: 'state end' is missing"))
  }

  @Test func `after a gap only a state or the end can follow`() {
    let log = "0 open 1 a\n1 gap 5 since=1.5\n"
    #expect(TextLog.damage(log + "2 end") == nil)
    #expect(TextLog.damage(log) == nil)
    for line in ["2 open 2 a", "2 gap 1 since=2"] {
      #expect(
        TextLog.damage(log + line)
          == LogDamage(
            place: "line 3", reason: "after a gap only a state or 'end' can follow"))
    }
  }

  @Test func `a state before what precedes it is refused`() {
    let state = Self.lines[1...13].joined(separator: "\n")
    #expect(
      TextLog.damage("0 open 1 a\n13 close 1\n13 gap 5 since=13\n" + state)
        == LogDamage(place: "line 16", reason: "the state's time 12.5 is before 13"))
  }
}
