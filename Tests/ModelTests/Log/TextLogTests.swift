// The text form of the log: valid and malformed lines, and that reading what was written loses
// nothing.

import MeterModel
import Testing

struct TextLogTests {
  @Test(arguments: [
    ("0 frobnicate 1", "no event is called 'frobnicate'"),
    ("option frobnicate 1", "no option of the model is called 'frobnicate'"),
    ("option increment-delay", "the option's value is missing"),
    ("option increment-delay soon", "increment-delay takes a time"),
    ("option notify-max-delay 0", "notify-max-delay takes a time"),
    ("option notify-delta-ratio 1.1", "notify-delta-ratio takes a number"),
    ("option max-connections 0", "max-connections takes a whole number"),
    ("option increment-delay 1 2", "'2' is not expected there"),
    ("-1 open 1 a", "'-1' is no time"),
    ("0.0000000001 open 1 a", "'0.0000000001' is no time"),
    ("5000000000 open 1 a", "'5000000000' is no time"),
    ("1e3 open 1 a", "'1e3' is no time"),
    ("0", "what happened is missing"),
    ("0 open", "a connection is missing"),
    ("0 open x a", "a connection is a whole number below 2^64, not 'x'"),
    ("0 open 18446744073709551616 a", "a connection is a whole number"),
    ("0 open 1", "a namespace is missing"),
    ("0 open 1 a viewer=", "a viewer id is 1 to 128"),
    ("0 open 1 a viewer=x viewer=y", "'viewer=y' is not expected there"),
    ("0 open 1 a after=x", "a connection is a whole number"),
    ("0 open 1 a after=@0", "an ordinal is a whole number from 1 to 4294967295, not '0'"),
    ("0 open 1 a after=@4294967296", "an ordinal is a whole number from 1 to 4294967295"),
    ("0 open 1 a after=@", "an ordinal is a whole number from 1 to 4294967295, not ''"),
    ("0 open 1 a b", "'b' is not expected there"),
    ("0 open 1 f\u{F6}o", "a namespace is 1 to 255 visible ASCII bytes"),
    ("0 close", "a connection is missing"),
    ("0 close 1 2", "'2' is not expected there"),
    ("0 exclude", "a viewer id is missing"),
    ("0 message", "a namespace is missing"),
    (#"0 message a \q"#, "a text knows no other escapes"),
    (#"0 message a \x4"#, "a text knows no other escapes"),
    (#"0 message a \"#, "a text knows no other escapes"),
    ("0 peer b a 1", "connections is missing"),
    ("0 peer b a -1 1", "members is a whole number"),
    ("0 bye", "a node is missing"),
    ("0 external s a", "members is missing"),
    ("0 external s a 1.5", "members is a whole number"),
    ("0 external f\u{F6}o a 1", "a source is 1 to 255 visible ASCII bytes"),
    ("0 bye f\u{F6}o", "a node is written in visible ASCII bytes, not 'f??o'"),
    ("0 gap", "the number of missing records is missing"),
    ("0 gap -1", "the number of missing records is a whole number"),
    ("0 gap 1", "since=… is missing"),
    ("2 gap 1 since=1", "since=… is expected with a time from 2 on, not 'since=1'"),
    ("option start", "the option's value is missing"),
    ("option start today", "start takes a time as 2026-06-01T18:00:00Z, not 'today'"),
    ("option start 1970-01-01T00:00:00Z", "start takes a time as 2026-06-01T18:00:00Z"),
    ("option viewer-ids some", "viewer-ids takes one of off, exclusive, shared, not 'some'"),
    ("0 open 1 a observer arriving", "'arriving' is not expected there"),
    ("0 open 1 a observed", "'observed' is not expected there"),
    ("0 open 1 a after=closed@0", "an ordinal is a whole number from 1 to 4294967295, not '0'"),
    ("0 open 1 a after=closed", "a connection is a whole number below 2^64, not 'closed'"),
    ("0 cut", "a connection is missing"),
    ("0 cut x", "a connection is a whole number"),
    ("0 restart 1", "'1' is not expected there"),
    ("0 ping", "a namespace is missing"),
    ("0 ping a", "a viewer id is missing"),
    ("0 ping a f\u{F6}o", "a viewer id is 1 to 128"),
    ("0 leave a", "a viewer id is missing"),
    ("0 leave a x y", "'y' is not expected there"),
    ("0 retain a", "a service is missing"),
    (#"0 retain a s \q"#, "a text knows no other escapes"),
    ("0 retain a f\u{F6}o", "a service is 1 to 255 visible ASCII bytes"),
    ("0 arrived 1", "'from' is missing"),
    ("0 arrived 1 to b", "'from' is expected, not 'to'"),
    ("0 arrived 1 from", "a node is missing"),
    ("0 moved 1 from b", "'to' is expected, not 'from'"),
    ("0 moved x to b", "a connection is a whole number"),
    ("0 moved @4294967296 to b", "an ordinal is a whole number from 0 to 4294967295"),
    ("0 moved 1 to b c", "'c' is not expected there"),
    ("0 transferred a from b", "'to' is missing"),
    ("0 transferred a to b", "'from' is expected, not 'to'"),
    ("0 transferred", "a namespace is missing"),
    ("section", "'section' does not follow 'end'"),
    ("0 end 1", "'1' is not expected there"),
  ])
  func `a malformed line is refused with its number and a reason`(
    line: String, reason: String
  ) throws {
    var reader = TextLogReader()
    #expect(try reader.read(Array("# a comment".utf8)) == .nothing)
    let error = try #require(throws: TextLogError.self) { try reader.read(Array(line.utf8)) }
    #expect(error.line == 2)
    #expect(error.reason.hasPrefix(reason), "\(error.reason)")
  }

  @Test(arguments: [
    ("1 open 1 a\n0.5 close 1", "the time 0.5 is before 1"),
    ("1 open 1 a\noption increment-delay 1", "an option follows an event"),
    ("1 end\n2 open 1 a", "something follows 'end'"),
    ("1 end\n1 end", "something follows 'end'"),
    ("1 end\noption increment-delay 1", "something follows 'end'"),
    ("1 end\nsection 2", "'2' is not expected there"),
    ("1 open 1 a\nsection", "'section' does not follow 'end'"),
    ("1 open 1 a\nstate meter", "a state follows an event"),
  ])
  func `a line that is invalid after those before it is refused`(
    lines: String, reason: String
  ) throws {
    let error = try #require(throws: LogDamage.self) {
      try TextReplay.effects(of: lines, makeMeter: ReferenceMeter.init(configuration:))
    }
    #expect(error == LogDamage(place: "line 2", reason: reason))
  }

  @Test(arguments: [
    (1, 1, true), (254, 127, true), (255, 128, true), (256, 128, false), (255, 129, false),
  ])
  func `a namespace has at most 255 bytes, a viewer id 128`(
    namespace: Int, viewer: Int, isRead: Bool
  ) {
    func name(_ count: Int) -> String { String(repeating: "~", count: count) }
    let line = "0 open 1 \(name(namespace)) viewer=\(name(viewer))"
    var reader = TextLogReader()
    #expect(((try? reader.read(Array(line.utf8))) != nil) == isRead)
  }

  @Test(arguments: [(65_535, true), (65_536, true), (65_537, false)])
  func `a text has at most 65536 bytes, without its escapes`(length: Int, isRead: Bool) {
    for character in ["x", "\\n"] {
      let line = "0 message a x" + String(repeating: character, count: length - 1)
      var reader = TextLogReader()
      #expect(((try? reader.read(Array(line.utf8))) != nil) == isRead, "\(length)")
    }
  }

  @Test(arguments: [(-1, true), (0, true), (1, false)])
  func `a line has at most 262144 bytes`(more: Int, isRead: Bool) {
    let line = [UInt8](repeating: 0x20, count: 262_144 + more)
    var reader = TextLogReader()
    #expect(((try? reader.read(line)) != nil) == isRead)
  }

  @Test func `comments, blanks and line ends do not matter`() throws {
    try expect(
      "# a log\r\n\r\n  0\topen  1   a#b   # the first\r\n  # more\n\t0 message a#b hi # there\n",
      gives: """
        0 greet 1 a#b 1
        0 message a#b hi
        """)
  }

  @Test(arguments: [
    #"hello"#, #"a # b"#, #"a  b"#, "#x", #"back\slash"#, "two\nlines", "c\rr", " blank ends ",
    "tab\tinside", "\tends\t", "", "\u{0}\u{1F}\u{7F}", "Grüße 🎉", #"\n"#, ##"a#b\# #"##,
  ])
  func `any text survives a line`(text: String) throws {
    let event = TextEvent.message(namespace: Array("a".utf8), text: Array(text.utf8))
    var writer = LogTextWriter()
    writer.write(event, at: Instant(nanoseconds: 1_500_000_000))
    #expect(writer.bytes.last == 0x0A && !writer.bytes.dropLast().contains(0x0A))
    var reader = TextLogReader()
    let statement = try reader.read(Array(writer.bytes.dropLast()))
    #expect(statement == .event(Instant(nanoseconds: 1_500_000_000), event))
  }

  @Test func `a byte order mark is skipped, in pieces of any size`() throws {
    let bytes = [0xEF, 0xBB, 0xBF] + Array("option increment-delay 7\n0 open 1 a\n".utf8)
    for size in 1...4 {
      var reader = LogReader()
      var section: LogSection?
      for start in stride(from: 0, to: bytes.count, by: size) {
        reader.append(bytes[start..<min(start + size, bytes.count)].span)
        while let item = reader.next() {
          if case .section(let begun) = item { section = begun }
        }
      }
      #expect(section?.configuration.incrementDelay == .seconds(7))
    }
    let second = "0 open 1 a\n\u{FEFF}1 close 1"
    #expect(throws: LogDamage.self) { try expect(second, gives: "") }
  }

  @Test(arguments: [
    [0], [0x5C, 0x78, 0x34, 0x31], [0x5C, 0x78, 0x34], [0x5C, 0x5C, 0x78, 0x34, 0x31], [0x5C],
    [0x23, 0xFF], [0x5C, 0x23], [0x5C, 0x78, 0x01], [UInt8](repeating: 0xFF, count: 255),
  ])
  func `any name of a node survives a line, and no two are the same there`(name: [UInt8]) throws {
    var writer = LogTextWriter()
    writer.write(.bye(node: name), at: .start)
    var reader = TextLogReader()
    #expect(try reader.read(Array(writer.bytes.dropLast())) == .event(.start, .bye(node: name)))
  }

  @Test func `an ordinal names a connection whose number names another one`() throws {
    let log = """
      0 open 1 a viewer=x
      0 open 2 a viewer=x
      1 close 1
      1 open 1 b
      2 open 3 a viewer=x after=@1

      """
    try expect(
      log,
      gives: """
        0 greet 1 a 1
        0 end 1 excluded
        0 greet 2 a 1
        1 greet 1 b 1
        2 refuse 3 stopped
        """)
    #expect(TextLog.again(log) == log + "2 end\n")
  }

  @Test func `a start on the wall clock is read and written`() throws {
    let log = "option start 2026-06-01T18:00:00.25Z\n0 end\n"
    var reader = LogReader()
    reader.append(Array(log.utf8).span)
    reader.finish()
    guard case .section(let section) = reader.next() else { throw LogDamage(place: "", reason: "") }
    #expect(section.wallStart == 1_780_336_800_250_000_000)
    #expect(TextLog.again(log) == log)
  }

  @Test(arguments: ["a", "#", "#a", ##"\#a"##, ##"\\#a"##, #"\"#, #"\a"#, "a#", "viewer=x", "end"])
  func `any name survives a line`(name: String) throws {
    let name = Array(name.utf8)
    let events: [TextEvent] = [
      .opened(connection: 1, namespace: name, viewer: name, after: 2, as: .viewer),
      .excluded(viewer: name),
      .peer(node: name, namespace: name, members: 1, connections: 2), .bye(node: name),
      .external(source: name, namespace: name, members: 3),
      .pinged(namespace: name, viewer: name), .left(namespace: name, viewer: name),
      .retained(namespace: name, service: name, text: name),
      .arrived(connection: 1, from: name), .moved(connection: 1, to: name),
      .transferred(namespace: name, from: name, to: name),
    ]
    for event in events {
      var writer = LogTextWriter()
      writer.write(event, at: .start)
      var reader = TextLogReader()
      #expect(try reader.read(Array(writer.bytes.dropLast())) == .event(.start, event))
    }
  }

  @Test func `a log is the same as text again after its names were bound`() throws {
    let log = """
      option notify-delta-ratio 0.29
      option increment-delay 0.5
      option viewer-ids shared
      0 open 10 football viewer=ab12
      0.000000001 open 20 football
      1 open 30 football viewer=ab12 after=10
      1.5 close 10
      1.5 close 99
      2 open 10 tennis after=10
      2 close 10
      2 open 18446744073709551615 tennis after=77
      2.5 message football score=1-0
      3 exclude ab12
      3 peer b football 5 9
      4 external youtube football 1200
      5 open 40 football observer
      5 open 50 football arriving
      5.5 arrived 50 from b
      6 cut 40
      6 cut 999
      6 moved 50 to \\x00#c
      6 moved @1 to b
      6 moved @0 to b
      6 moved 30 to b
      6.5 ping football ab12
      6.5 leave football ab12
      7 transferred football from b to c
      7.5 retain football score 1-0 \\# 2
      7.5 retain football score
      8 restart
      8 close 20
      8.5 open 20 football
      8.5 open 60 football after=closed@8
      9 open 20 football after=20
      9 open 20 football after=@8
      60 bye b
      61 end

      """
    var reader = TextLogReader()
    var names = TextLogNames()
    var writer = LogTextWriter()
    for line in log.split(separator: "\n") {
      switch try reader.read(Array(line.utf8)) {
      case .nothing, .state, .gap, .section: break
      case .event(let instant, let event):
        if writer.bytes.isEmpty { writer.write(reader.configuration) }
        let bound = names.bind(event)
        var text: [UInt8] = []
        if let words = event.text { text = words }
        writer.write(names.textEvent(bound, text: text), at: instant)
        names.release(after: event)
      case .end(let instant): writer.writeEnd(at: instant)
      }
    }
    // The number 77 names no connection and is left out.
    let expected = log.replacing(" after=77", with: "")
    #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
  }

  @Test(arguments: 1...12)
  func `lines are the same in pieces of any size`(size: Int) {
    let bytes = Array("one\n\nthree\nfour".utf8)
    var splitter = LineSplitter()
    var lines: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      splitter.append(Array(bytes[start..<min(start + size, bytes.count)]).span)
      while let line = splitter.next() { lines.append(line) }
    }
    if let line = splitter.rest() { lines.append(line) }
    #expect(lines == ["one", "", "three", "four"].map { Array($0.utf8) })
    #expect(splitter.rest() == nil)
  }

  @Test func `a line without an end is refused when it is too long`() throws {
    var splitter = LineSplitter()
    splitter.append([UInt8](repeating: 0x61, count: TextLogReader.maximumLineLength).span)
    #expect(splitter.next() == nil)
    splitter.append([0x61].span)
    let next = splitter.next()
    let line = try #require(next)
    var reader = TextLogReader()
    #expect(throws: TextLogError.self) { try reader.read(line) }
  }

  @Test func `the slot of a closed connection is used first`() {
    var names = TextLogNames()
    func open(_ number: UInt64) -> Event {
      names.bind(
        .opened(connection: number, namespace: [0x61], viewer: nil, after: nil, as: .viewer))
    }
    func slot(_ event: Event) -> UInt32? {
      if case .opened(let connection, _, _, _, _) = event { return connection.number }
      return nil
    }
    #expect([open(5), open(6), open(7)].map(slot) == [0, 1, 2])
    names.release(after: .closed(connection: 6))
    #expect(slot(open(5)) == 0)
    #expect(slot(open(8)) == 1)
    #expect(slot(open(6)) == 3)
    #expect(names.bind(.cut(connection: 99)) == .cut(ConnectionID(4)))
    #expect(slot(open(9)) == 4)
    names.release(after: .restarted)
    #expect(names.number(of: ConnectionID(3)) == 6)
    #expect([open(9), open(6), open(10)].map(slot) == [0, 1, 2])
  }
}
