import MeterModel
import Testing

/// Explanations in words.
struct ExplanationTests {
  private static let log = """
    option decrement-delay 0
    0    open 1 football
    0.5  open 2 football
    1    open 3 tennis
    3    open 4 football
    3.5  close 2
    4.25 open 5 football
    40   close 1
    40   close 4
    40   close 5
    50   end
    """

  private func explain(
    _ log: String, _ text: String, from: String? = nil, to: String? = nil
  ) throws -> String {
    let moment = try #require(Moment(text))
    let span = LogSpan(
      from: try from.map { try #require(LogTime($0)) }, to: try to.map { try #require(LogTime($0)) }
    )
    let texts = try [Replay.Detail.changes, .instants].map { detail in
      var explainer = Explainer(moment, in: span)
      RecordedLog.play(Array(log.utf8), nil, detail: detail) { explainer.note($0, of: $1) }
      return try #require(explainer.explanation)
        .text(namespace: moment.namespace, sections: explainer.sections)
    }
    #expect(texts[0] == texts[1])
    return texts[0]
  }

  @Test func `a change is sent by rule 4 (a), and the events before it are listed`() throws {
    #expect(
      try explain(Self.log, "football@2.5") == """
        football at 2.5 s

        members     2; 2 open here, 0 pending
        last told   2, at 2 s, by rule 4 (a): a change of 1 from what was told or greeted, \
        threshold ⌊1 × 0.1⌋ = 0, so 1; 2 s after the previous notification (notify-min-delay 2)
        greetings   none since
        threshold   ⌊2 × 0.1⌋ = 0, so 1
        next        nothing has changed; told again at 27 s at the latest (notify-max-delay)

        Before that notification (since 0 s):
          0.5  open 2, greeted with 2 → 2 members

        Since then:
          nothing

        """)
  }

  @Test func `external counts are named apart from other nodes' counts`() throws {
    let log = """
      option external-timeout 3
      0 open 1 a
      1 external youtube a 5
      1 peer x a 2 2
      1.5 external twitch a 1
      6 end
      """
    let text = try explain(log, "a@2", to: "5")
    #expect(
      text.contains(
        "members     9, 2 of them on other nodes, 6 of them external; 1 open here, 0 pending\n"))
    #expect(text.contains("  1    source youtube says 5 → 6 members\n"))
    #expect(text.contains("external counts expired → "))
  }

  @Test func `a change within the min delay is throttled`() throws {
    let text = try explain(Self.log, "football@3.75")
    #expect(text.contains("greetings   1 since, at 2 to 3 members\n"))
    #expect(
      text.contains(
        "next        a change of 1 is enough; throttled until 4 s (notify-min-delay)\n"))
    #expect(
      text.hasSuffix(
        """
        Since then:
          3    open 4, greeted with 3 → 3 members
          3.5  close 2 → 2 members

        """))
  }

  @Test func `an unchanged count is sent by rule 4 (b)`() throws {
    let text = try explain(Self.log, "football@36")
    #expect(text.contains("last told   3, at 31 s, by rule 4 (b): 25 s after the previous"))
    #expect(text.contains("Before that notification (since 6 s):\n  nothing\n"))
  }

  @Test func `the greeting of the first connection is a notification by rule 3`() throws {
    let text = try explain(Self.log, "tennis@1")
    #expect(text.contains("last told   1, at 1 s, by rule 3: the first open connection"))
    #expect(text.contains("  1  open 3, greeted with 1 → 1 member\n"))
  }

  @Test func `a change below the threshold waits for the max delay`() throws {
    let crowd = (1...100).map { "0 open \($0) a" }.joined(separator: "\n")
    let text = try explain(crowd + "\n10 open 101 a\n11 open 102 a\n20 end", "a@15")
    #expect(text.contains("last told   100, at 2 s, by rule 4 (a): a change of 99"))
    #expect(
      text.contains("a change of 2 is 8 below the threshold; told again at 27 s at the latest"))
    #expect(text.contains("Before that notification (since 0 s):\n  0  99 opens at once: 1 → 100"))
  }

  @Test func `a burst is summed up in one line, and a few events are not`() throws {
    var lines =
      ["option decrement-delay 0"] + (1...94).map { "0 open \($0) a" } + [
        "3 close 93", "3 close 94",
      ]
    lines += (1...90).map { "10.\("\(1000 + 2 * $0)".dropFirst()) close \($0)" }
    lines += ["10.19 open 95 a", "10.2 close 91", "11 open 96 a", "11.9 close 95", "20 end"]
    let text = try explain(lines.joined(separator: "\n"), "a@15")
    #expect(
      text.contains(
        """
        Before that notification (since 10.014 s):
          10.016  1 open, 84 closes in 0.184 s: 85 → 2 members
          11      open 96, greeted with 3 → 3 members
          11.9    close 95 → 2 members

        """), "\(text)")
  }

  @Test func `a long history takes at most 50 lines, and leaves nothing out`() throws {
    // A viewer opens each second, which is no burst, and none is told before the end.
    let opens = (1...1500).map { "\($0) open \($0) a" }
    let log = "option notify-min-delay 4000\noption notify-max-delay 4000\n"
    let text = try explain(log + opens.joined(separator: "\n"), "a@1500")
    let sum = "Since then:\n  2  1,499 opens in 24 min 58 s: 1 → 1500 members\n"
    #expect(text.hasSuffix(sum), "\(text)")
  }

  @Test func `a moment of a rotated log is in the section that has it`() throws {
    let rest = """
      state meter at=5 digest=0000000000000000 messages=0 latest=1 created=1 counted=1 peak=1
      state namespace name=a ordinal=1 created=0 connections=1 told=1 told-at=0 lowest=1 highest=1 \
      peak=1 peak-at=0 member-seconds=5 member-nanoseconds=0
      state member 1 opened=0 ordinal=1 namespace=a since=0
      state end 3
      9 end
      """
    let log = "0 open 1 a\n5 end\nsection\n\(rest)"
    #expect(try explain(log, "a@3").hasPrefix("a at 3 s of section 1\n"))
    #expect(try explain(log, "a@7").hasPrefix("a at 7 s of section 2\n"))
    let moment = try #require(Moment("a@3"))
    var explainer = Explainer(moment)
    RecordedLog.play(Array(rest.utf8), nil) { explainer.note($0, of: $1) }
    #expect(explainer.explanation == nil)
  }

  @Test func `times of the wall clock are there when the log has them`() throws {
    let text = try explain("option start 2026-06-01T23:59:58.25Z\n" + Self.log, "football@3.75")
    #expect(
      text.hasPrefix("football at 3.75 s, 2026-06-02T00:00:02Z\n"), "\(text)")
    #expect(text.contains("last told   2, at 2 s (00:00:00.25Z), by rule 4 (a)"))
    #expect(text.contains("throttled until 4 s (00:00:02.25Z) (notify-min-delay)\n"))
    #expect(text.contains("  3    00:00:01.25Z  open 4, greeted with 3 → 3 members\n"))
  }

  @Test func `a namespace without an open connection is not notified`() throws {
    let gone = try explain(Self.log, "football@45")
    #expect(gone.contains("last told   nothing to any open connection\n"))
    #expect(gone.contains("next        nothing: no connection is open here\n"))
    #expect(gone.contains("  40  close 5 → 0 members\n"))
    let unknown = try explain(Self.log, "chess@45")
    #expect(unknown.contains("members     none: the namespace does not exist\n"))
    #expect(unknown.hasSuffix("next        nothing: the namespace does not exist\n"))
  }

  @Test func `a namespace without a member is not notified`() throws {
    let text = try explain("option increment-delay 10\n0 open 1 a\n20 end", "a@5")
    #expect(text.contains("members     0; 1 open here, 1 pending\n"))
    #expect(text.contains("next        nothing: nobody is counted"))
  }

  @Test func `counted connections, refusals, ends, peers and retirements are listed`() throws {
    let log = """
      option increment-delay 1
      option max-connections 2
      option notify-min-delay 100
      option notify-max-delay 100
      0 open 1 a viewer=x
      0 open 2 a
      2 open 3 a
      2 open 4 a viewer=x
      3 peer b a 7 7
      20 end
      """
    let text = try explain(log, "a@9")
    #expect(
      text.hasSuffix(
        """
        Since then:
          0  open 2, greeted with 1 → 0 members, 2 pending
          1  counted after increment-delay: 2 → 2 members
          2  refuse 3 (full) → 2 members
          2  end 1 (excluded) → 2 members
          2  open 4, greeted with 2 → 2 members
          3  node b reports 7 → 9 members
          8  counts of other nodes expired, or their node sent a goodbye → 2 members

        """), "\(text)")
    let gone = try explain(
      "option decrement-delay 0\noption namespace-clean-delay 1\n0 open 1 a\n1 close 1\n9 end",
      "a@5")
    #expect(gone.hasSuffix("  1  close 1 → 0 members\n  2  retired → 0 members\n"))
  }

  @Test func `viewers without a stream are explained: why and until when they are counted`() throws
  {
    let log = """
      option decrement-delay 8
      option restart-delay 20
      option viewer-ids shared
      option notify-max-delay 100
      0    open 1 a
      0    open 2 a viewer=x
      0    open 3 a
      4.5  close 1
      10   cut 2
      11   ping a y
      11.5 close 3
      12   open 4 a after=3
      13   ping a x
      14   leave a y
      15   close 4
      16   restart
      40   open 5 a observer
      60   end
      """
    func lines(_ time: String) throws -> [String] {
      try explain(log, "a@\(time)").split(separator: "\n").map(String.init)
    }
    let first = try lines("5")
    #expect(first.contains("members     3; 2 open here, 0 pending"))
    #expect(first.contains("leaving     1, counted until 8.5 s, as decrement-delay"))
    #expect(first.contains("  4.5  close 1, counted until 8.5 s, as decrement-delay → 3 members"))
    let second = try lines("11.75")
    #expect(second.contains("members     3; 0 open here, 0 pending"), "\(second)")
    #expect(second.contains("leaving     1, counted until 19.5 s, as decrement-delay"))
    #expect(second.contains("returning   1, counted until 30 s, as restart-delay"))
    #expect(second.contains("pinging     1, kept until 56 s, as ping-timeout"))
    let third = try lines("16")
    #expect(third.contains("members     2; 0 open here, 0 pending"), "\(third)")
    #expect(third.contains("leaving     1, counted until 23 s, as decrement-delay"))
    #expect(third.contains("returning   1, counted until 30 s, as restart-delay"))
    #expect(third.contains("pinging     1, kept until 58 s, as ping-timeout"))
    let fourth = try lines("40")
    #expect(fourth.contains("members     1; 1 open here (1 observing), 0 pending"), "\(fourth)")
    #expect(!fourth.contains { $0.hasPrefix("leaving") || $0.hasPrefix("returning") })
    let all = try explain(log, "a@59", from: "0").split(separator: "\n").map(String.init)
    for line in [
      "  8.5   gone after grace or ping: 1 → 2 members",
      "  10    cut 2, counted until 30 s, as restart-delay → 2 members",
      "  11    ping y, answered with 3 → 3 members",
      "  14    leave y → 2 members",
      "  58    gone after grace or ping: 1 → 0 members",
    ] { #expect(all.contains(line), "\(line) of \(all)") }
  }

  @Test func `moves between nodes are explained`() throws {
    let log = """
      0 open 1 a
      0 open 2 a
      1 peer b a 3 3
      1 peer c a 2 2
      2 moved 1 to b
      2.5 transferred a from c to b
      3 open 3 a arriving
      3.5 arrived 3 from b
      4 end
      """
    let text = try explain(log, "a@4", from: "2")
    #expect(
      text.hasSuffix(
        """
        From 2 s on:
          2    told 7 by rule 4 (a), a change of 6 → 7 members
          2    a viewer moved to node b → 7 members
          2    end 1 (superseded) → 7 members
          2.5  a viewer moved from node c to node b → 7 members
          3    open 3, greeted with 7 → 7 members
          3.5  arrived 3 from node b → 7 members

        """), "\(text)")
  }

  @Test func `a time past the end of the log is its end`() throws {
    let text = try explain(Self.log, "tennis@1000")
    #expect(text.hasPrefix("tennis at 50 s, where the log ends\n"))
  }

  @Test func `a span has all of its events and notifications in one list`() throws {
    let text = try explain(Self.log, "football@4.5", from: "3.2", to: "32")
    #expect(text.contains("last told   2, at 4 s, by rule 4 (a)"))
    #expect(!text.contains("Since then:"))
    #expect(
      text.hasSuffix(
        """

        From 3.2 s on:
          3.5   close 2 → 2 members
          4     told 2 by rule 4 (a), a change of 1 → 2 members
          4.25  open 5, greeted with 3 → 3 members

        After that, until 32 s:
          6   told 3 by rule 4 (a), a change of 1 → 3 members
          31  told 3 by rule 4 (b) → 3 members

        """), "\(text)")
    #expect(try explain(Self.log, "football@4.5", to: "32").contains("Since then:"))
  }

  @Test func `a span has the notifications of a quiet time`() throws {
    let log = "option max-conn-duration 0\n0 open 1 a\n1000000 end"
    let text = try explain(log, "a@500010", from: "499990")
    #expect(text.contains("last told   1, at 500000 s, by rule 4 (b): 25 s after the previous"))
    #expect(text.hasSuffix("From 499990 s on:\n  500000  told 1 by rule 4 (b) → 1 member\n"))
  }

  @Test func `a moment of the wall clock is in the section that has it`() throws {
    let log = "option start 2026-06-01T18:00:00Z\n" + Self.log
    let text = try explain(log, "football@2026-06-01T18:00:02.5Z")
    #expect(text.hasPrefix("football at 2.5 s, 2026-06-01T18:00:02.5Z\n"))
    let moment = try #require(Moment("football@2026-06-01T17:59:59Z"))
    var explainer = Explainer(moment)
    RecordedLog.play(Array(log.utf8), nil) { explainer.note($0, of: $1) }
    #expect(explainer.explanation == nil)
  }

  @Test(arguments: [
    ("a@1", "a", "1"), ("a@b@2:0.5", "a@b", "2:0.5"), ("@@0", "@", "0"),
    ("a@2026-06-01T18:00:00Z", "a", "2026-06-01T18:00:00Z"),
  ])
  func `a moment is a name and a time`(text: String, name: String, time: String) throws {
    let moment = try #require(Moment(text))
    #expect(moment.namespace == Array(name.utf8) && moment.time == LogTime(time))
  }

  @Test(arguments: [
    "", "a", "a@", "@1", "a@-1", "a@0:1", "a@x:1", "a@1:", "a b@1", "a@1s", "é@1", "a@x",
  ])
  func `a malformed moment is refused`(text: String) {
    #expect(Moment(text) == nil)
  }
}
