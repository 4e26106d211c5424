// The counting defects of the original program (ORIGINAL.md), which must not return.

import Testing

struct NeverAgainScenarios {
  @Test func `defect 1: an empty namespace is forgotten`() throws {
    try expect(
      """
      option decrement-delay 0
      option namespace-clean-delay 1
      0 open 1 a
      1 close 1
      5 end
      """,
      gives: """
        0 greet 1 a 1
        2 retire a
        """)
  }

  @Test func `defect 2: emptying @foo neither deletes foo nor makes it negative`() throws {
    try expect(
      """
      option decrement-delay 0
      option namespace-clean-delay 1
      option notify-min-delay 0
      0 open 1 foo
      0 open 2 foo
      0 open 3 @foo
      1 close 3
      3 close 1
      4 open 4 foo
      """,
      gives: """
        0 greet 1 foo 1
        0 greet 2 foo 2
        0 notify foo 2
        0 greet 3 @foo 1
        2 retire @foo
        3 notify foo 1
        4 greet 4 foo 2
        4 notify foo 2
        """)
  }

  @Test func `defect 3: the names of JavaScript's own properties are ordinary names`() throws {
    try expect(
      """
      0 open 1 __proto__ viewer=constructor
      0 open 2 constructor viewer=__proto__
      0 exclude constructor
      """,
      gives: """
        0 greet 1 __proto__ 1
        0 greet 2 constructor 1
        0 end 1 excluded
        """)
  }

  @Test func `defect 4: a message does not change the count in greetings`() throws {
    try expect(
      """
      0 open 1 a
      1 message a svc=hello1
      1 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        1 message a svc=hello1
        1 greet 2 a 2
        """)
  }

  @Test func `defect 5: connections that close together are all uncounted`() throws {
    try expect(
      """
      option decrement-delay 0
      option notify-min-delay 0
      0 open 1 a
      0 open 2 a
      0 open 3 a
      1 close 1
      1 close 2
      1 close 3
      2 open 4 a
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 notify a 2
        0 greet 3 a 3
        0 notify a 3
        1 notify a 2
        1 notify a 1
        2 greet 4 a 1
        """)
  }

  @Test func `defect 10: a forged huge count does not hide the local one`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a
      1 peer x a 18446744073709551615 1
      2 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        1 reject peer x a
        2 greet 2 a 2
        2 notify a 2
        """)
  }

  @Test func `defect 12: a duration above 24.8 days ends no connection at once`() throws {
    try expect(
      """
      option max-conn-duration 2147484
      0 open 1 a
      24 end
      """,
      gives: "0 greet 1 a 1")
  }

  @Test func `defect 12: fractions of a second are kept exactly`() throws {
    try expect(
      """
      option max-conn-duration 0.5
      0 open 1 a
      1 end
      """,
      gives: """
        0 greet 1 a 1
        0.4390625 end 1 expired
        """)
  }

  @Test func `defect 13: the node timeout has its effect`() throws {
    try expect(
      """
      option cluster-node-timeout 20
      option notify-min-delay 0
      0 open 1 a
      1 peer x a 5 5
      22 end
      """,
      gives: """
        0 greet 1 a 1
        1 notify a 6
        21 notify a 1
        """)
  }

  @Test func `row 37: a user who reloads is not counted twice`() throws {
    try expect(
      """
      option decrement-delay 0
      0 open 1 a
      3 close 1
      3 open 2 a
      """,
      gives: """
        0 greet 1 a 1
        3 greet 2 a 1
        """)
  }

  @Test func `row 37: a greeting does not count connections that have closed`() throws {
    try expect(
      """
      option decrement-delay 0
      0 open 1 a
      0 open 2 a
      2 close 1
      3 close 2
      4 open 3 a
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        2 notify a 2
        4 greet 3 a 1
        """)
  }

  @Test func `defect 23: a connection of no duration is counted with delay 0`() throws {
    try expect(
      """
      option decrement-delay 0
      option notify-min-delay 0
      0 open 1 a
      1 open 2 a
      1 close 2
      """,
      gives: """
        0 greet 1 a 1
        1 greet 2 a 2
        1 notify a 2
        1 notify a 1
        """)
  }
}
