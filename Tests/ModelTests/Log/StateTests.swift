// The state of a meter in the text form of the log: what it looks like, and what is refused.

import MeterModel
import Testing

struct StateTests {
  /// A state with every kind of line, after which the log goes on.
  private static let log = """
    option notify-min-delay 3
    state meter at=12.5 digest=0123456789abcdef messages=4 latest=17 created=3 counted=11 peak=9
    state namespace name=football ordinal=1 created=0 connections=10 told=3 told-at=11.25 \
    lowest=3 highest=4 notified=11.25 peak=7 peak-at=6 member-seconds=31 \
    member-nanoseconds=500000000
    state namespace name=tennis ordinal=3 created=9 connections=1 told=0 told-at=9 lowest=0 \
    highest=0 peak=1 peak-at=9 member-seconds=1 member-nanoseconds=0
    state vacant namespace=tennis since=10
    state peer node=b namespace=football reported=11 members=2 connections=5
    state peer node=\\x00#c namespace=football reported=10 members=0 connections=7
    state member 15 opened=9.5 ordinal=15 namespace=football viewer=ab12
    state dismissed 9223372036854775809
    state pending 17 opened=12.25 ordinal=17 namespace=football since=12.125
    state member 16 opened=10 ordinal=16 namespace=football viewer=#x
    state observer 13 opened=9 ordinal=13 namespace=football
    state arriving 11 opened=12.375 ordinal=11 namespace=football since=12.25
    state viewer id=ab12 namespace=football counted=1 since=9.5 excluded=12
    state viewer id=#x namespace=football counted=1 since=10
    state viewer id=cd34 namespace=football counted=1 since=1 excluded=9
    state leaving namespace=football viewer=cd34 since=1 left=12
    state returning namespace=football ordinal=10 since=2 left=11.5
    state external source=#twitch namespace=football reported=8 members=1
    state end 18
    12.5 open 18 football viewer=ab12 after=@12
    12.75 open 20 football after=@17
    13 open 19 football after=18
    13 open 21 football after=@10
    13 open 22 football viewer=cd34 after=closed@16
    13 close 15
    14 close 9223372036854775809
    60 end

    """

  /// The number of lines of the state.
  private static let count = 19

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
        12.75 end 17 superseded
        12.75 greet 20 football 8
        13 greet 19 football 9
        13 greet 21 football 9
        13 greet 22 football 9

        """)
    #expect(replay.figures.records == 7 && replay.figures.opened == 4)
    #expect(replay.figures.duration == Instant(nanoseconds: 60_000_000_000) - Self.start)
  }

  private static let start = Instant(nanoseconds: 12_500_000_000)

  @Test func `a state that lacks a line, or has one twice, is refused`() {
    for place in 1..<Self.count {
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
    for place in 1..<Self.count {
      let words = Self.lines[place].split(separator: " ")
      for word in words.indices.dropFirst() {
        // These may be absent.
        let name = words[word].prefix { $0 != "=" }
        if ["notified", "viewer", "excluded"].contains(name) { continue }
        if name == "ordinal", words[1] == "returning" { continue }
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
      (9, " since=12.125", " since=12.126 viewer=x", "'viewer=x' is not expected there"),
      (9, "namespace=football", "namespace=football viewer=x", "'since=12.125' is not expected"),
      (11, "football", "football viewer=ab12", "'viewer=ab12' is not expected there"),
      (12, " since=12.25", "", "since=… is missing"),
      (13, "counted=1", "counted=2", "counted takes a whole number from 0 to 1, not '2'"),
      (13, "id=ab12", "id=", "id takes 1 to 128 visible ASCII bytes, not ''"),
      (15, "state viewer", "state pending", "'state pending' is not expected there"),
      (16, "left=12", "left=12.6", "left is after the time of the state"),
      (16, "leaving", "left", "no part of a state is called 'left'"),
      (17, "ordinal=10", "ordinal=0", "ordinal is at least 1"),
      (18, "source=#twitch", "source=", "source takes 1 to 255 visible ASCII bytes, not ''"),
      (18, "namespace=football", "namespace=f", "the state has no namespace 'f'"),
      (19, "end 18", "end 9", "'state end' has the number of the lines before it, which is 18"),
      (19, "state end 18", "13 open 1 a", "'state end' is missing before 'open'"),
      (19, "state end 18", "option max-namespaces 1", "an option follows a state"),
      (20, "12.5", "12", "the time 12 is before 12.5"),
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
      ("namespace=football viewer=#x", "namespace=football viewer=ab12"), ("told=3", "told=9"),
      ("created=3", "created=2"),
      (
        "ordinal=16 namespace=football viewer=#x",
        "ordinal=16 namespace=football viewer=y"
      ),
      ("football viewer=cd34 since", "football viewer=ab12 since"), ("left=12", "left=0.5"),
      ("state vacant namespace=tennis", "state vacant namespace=football"),
      ("reported=8 members=1", "reported=8 members=0"), ("id=cd34", "id=ab12"),
    ] {
      let log = Self.log.replacing(part, with: other, maxReplacements: 1)
      #expect(TextLog.damage(log)?.place == "line 20", "\(other)")
    }
  }

  @Test func `a state with pings is the same again as text, and its viewers end with them`() throws
  {
    let log = """
      option viewer-ids shared
      option ping-timeout 10
      state meter at=20 digest=0123456789abcdef messages=0 latest=2 created=1 counted=2 peak=2
      state namespace name=a ordinal=1 created=0 connections=2 told=2 told-at=19 lowest=2 \
      highest=2 peak=2 peak-at=1 member-seconds=30 member-nanoseconds=0
      state member 1 opened=0 ordinal=1 namespace=a viewer=x
      state member 2 opened=3 ordinal=2 namespace=a viewer=x
      state viewer id=x namespace=a counted=1 since=0
      state viewer id=y namespace=a counted=1 since=1
      state viewer id=z namespace=a counted=0 since=20
      state ping id=y namespace=a at=12
      state ping id=z namespace=a at=20
      state end 9
      21 leave a z
      23 end

      """
    #expect(TextLog.again(log) == log)
    var replay = Replay(detail: .records)
    replay.append(Array(log.utf8).span)
    replay.finish()
    while let step = replay.next() {
      if case .damage(let damage) = step { Issue.record("\(damage)") }
    }
    let namespace = try #require(replay.reader.find(namespace: Array("a".utf8)))
    #expect(replay.meter.counts(of: namespace)?.localMembers == 1)
  }

  @Test func `a log that ends within its state is refused`() {
    let log = Self.lines.prefix(19).joined(separator: "\n")
    #expect(
      TextLog.damage(log)
        == LogDamage(
          place: "line 19", reason: "the state is not complete: 'state end' is missing"))
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
    let state = Self.lines[1...19].joined(separator: "\n")
    #expect(
      TextLog.damage("0 open 1 a\n13 close 1\n13 gap 5 since=13\n" + state)
        == LogDamage(place: "line 22", reason: "the state's time 12.5 is before 13"))
  }
}
