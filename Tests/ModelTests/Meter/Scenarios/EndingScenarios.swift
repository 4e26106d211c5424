// The ends of connections and namespaces (§2 rules 7 and 15).

import Testing

struct EndingScenarios {
  @Test func `a connection is ended in the last fifth of its maximum duration`() throws {
    try expect(
      """
      option decrement-delay 0
      option max-conn-duration 320
      option notify-max-delay 1h
      0 open 1 a
      0 open 2 a
      0 open 3 a
      400 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 greet 3 a 3
        2 notify a 3
        266 end 3 expired
        266 notify a 2
        281 end 1 expired
        281 notify a 1
        305 end 2 expired
        365 retire a
        """)
  }

  @Test func `with 0 a connection has no maximum duration`() throws {
    try expect(
      """
      option max-conn-duration 0
      option notify-max-delay 600000h
      0 open 1 a
      2000000000 end
      """,
      gives: "0 greet 1 a 1")
  }

  @Test func `the close of an ended connection has no effect, a second one is rejected`() throws {
    try expect(
      """
      option decrement-delay 0
      option max-conn-duration 10
      0 open 1 a
      0 open 2 a
      9.9 close 1
      9.9 close 2
      9.9 close 1
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        2 notify a 2
        8.78125 end 1 expired
        8.78125 notify a 1
        9.53125 end 2 expired
        9.9 reject close 1
        """)
  }

  @Test func `a number may be used again after its connection was ended`() throws {
    try expect(
      """
      option decrement-delay 0
      option max-conn-duration 10
      0 open 1 a
      9 open 1 a
      10 close 1
      10 close 1
      """,
      gives: """
        0 greet 1 a 1
        8.78125 end 1 expired
        9 greet 1 a 1
        10 reject close 1
        """)
  }

  @Test func `an empty namespace is retired after the clean delay`() throws {
    try expect(
      """
      option decrement-delay 0
      0 open 1 a
      10 close 1
      70 end
      """,
      gives: """
        0 greet 1 a 1
        70 retire a
        """)
  }

  @Test func `an open keeps a namespace, a message does not`() throws {
    try expect(
      """
      option decrement-delay 0
      0 open 1 a
      0 open 2 b
      1 close 1
      1 close 2
      60 message b hello
      60.5 open 3 a
      61 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        60.5 greet 3 a 1
        61 retire b
        """)
  }

  @Test func `an open at the instant of the retirement comes after it`() throws {
    try expect(
      """
      option decrement-delay 0
      0 open 1 a
      1 close 1
      61 open 1 a
      """,
      gives: """
        0 greet 1 a 1
        61 retire a
        61 greet 1 a 1
        """)
  }

  @Test func `with clean delay 0 a namespace is retired after the event that emptied it`() throws {
    try expect(
      """
      option decrement-delay 0
      option namespace-clean-delay 0
      0 open 1 b
      0 open 2 a
      1 close 2
      1 close 1
      1 open 3 b
      """,
      gives: """
        0 greet 1 b 1
        0 greet 2 a 1
        1 retire a
        1 retire b
        1 greet 3 b 1
        """)
  }

  @Test func `namespaces retire in the order in which they became empty`() throws {
    try expect(
      """
      option decrement-delay 0
      0 open 1 a
      0 open 2 b
      5 close 2
      5 close 1
      65 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 b 1
        65 retire b
        65 retire a
        """)
  }

  @Test func `members on other nodes keep a namespace, reports of zero do not`() throws {
    try expect(
      """
      option decrement-delay 0
      option namespace-clean-delay 10
      0 open 1 a
      0 peer b a 1 1
      1 close 1
      4 peer b a 0 1
      6 peer b a 0 1
      14 end
      """,
      gives: """
        0 greet 1 a 1
        14 retire a
        """)
  }
}
