// Streams that are sent counts and are never counted (§2 rules 4 and 12).

import Testing

struct ObserverScenarios {
  @Test func `an observer is greeted and told the members, also none, and is none of them`() throws
  {
    try expect(
      """
      option decrement-delay 0
      option notify-min-delay 0
      option namespace-clean-delay 5
      0 open 1 a observer
      1 open 2 a
      2 close 2
      30 close 1
      35 end
      """,
      gives: """
        0 greet 1 a 0
        1 greet 2 a 1
        1 notify a 1
        2 notify a 0
        27 notify a 0
        35 retire a
        """)
  }

  @Test func `an observer comes after nobody, nobody comes after it, and it moves nowhere`() throws
  {
    try expect(
      """
      0 open 1 a
      0 open 2 a observer after=1
      1 open 3 a after=2
      1 moved 2 to b
      1 open 4 a observer
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 1
        1 greet 3 a 2
        1 greet 4 a 2
        """)
  }

  @Test func `an observer has no viewer id`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v observer
      2 open 3 a viewer=v
      3 exclude v
      """,
      gives: """
        0 greet 1 a 1
        1 greet 2 a 1
        2 end 1 excluded
        2 greet 3 a 1
        3 end 3 excluded
        3 notify a 0
        """)
  }

  @Test func `an observer is limited, sent messages and ended like any stream`() throws {
    try expect(
      """
      option max-connections 1
      option max-conn-duration 320
      option notify-max-delay 1h
      0 open 1 a observer
      1 open 2 a
      2 message a hello
      281 end
      """,
      gives: """
        0 greet 1 a 0
        1 refuse 2 full
        2 message a hello
        281 end 1 expired
        """)
  }

  @Test func `a stream beside an observer is not the first in`() throws {
    try expect(
      """
      0 open 1 a observer
      1 open 2 a
      3 end
      """,
      gives: """
        0 greet 1 a 0
        1 greet 2 a 1
        2 notify a 1
        """)
  }

  @Test func `an observer that comes late is told once the max delay has passed`() throws {
    // Only pending viewers were there, who are told nothing.
    try expect(
      """
      option increment-delay 100
      0 open 1 a
      30 open 2 a observer
      55 end
      """,
      gives: """
        0 greet 1 a 1
        30 greet 2 a 0
        30 notify a 0
        55 notify a 0
        """)
  }

  @Test func `one that watches several namespaces creates each of them`() throws {
    try expect(
      """
      option max-namespaces 2
      option namespace-clean-delay 0
      0 open 1 a observer
      0 open 2 b observer
      0 open 3 c observer
      1 close 1
      1 open 4 c observer
      """,
      gives: """
        0 greet 1 a 0
        0 greet 2 b 0
        0 refuse 3 full
        1 retire a
        1 greet 4 c 0
        """)
  }
}
