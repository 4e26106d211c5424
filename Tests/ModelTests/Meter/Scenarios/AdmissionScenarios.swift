// Exclusion, limits, and events that make no sense (§2 rules 8 and 16).

import Testing

struct AdmissionScenarios {
  @Test func `a newcomer with the same viewer id excludes the former connection`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      5 open 2 b viewer=v
      6 close 1
      """,
      gives: """
        0 greet 1 a 1
        5 end 1 excluded
        5 greet 2 b 1
        """)
  }

  @Test func `the former connection ends first, so no count includes both`() throws {
    try expect(
      """
      option notify-min-delay 0
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        """)
  }

  @Test func `an open past the limit of connections is refused and creates nothing`() throws {
    try expect(
      """
      option decrement-delay 0
      option max-connections 2
      0 open 1 a
      0 open 2 a
      0 open 3 b
      0 close 3
      1 close 1
      1 open 4 a
      20 end
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        0 refuse 3 full
        1 greet 4 a 2
        2 notify a 2
        """)
  }

  @Test func `an excluded connection makes room for its successor`() throws {
    try expect(
      """
      option max-connections 1
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 open 3 a
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        2 refuse 3 full
        """)
  }

  @Test func `an open past the limit of namespaces is refused, and one within it is not`() throws {
    try expect(
      """
      option max-namespaces 1
      0 open 1 a viewer=v
      0 open 2 b
      0 open 3 a
      1 open 4 b viewer=v
      """,
      gives: """
        0 greet 1 a 1
        0 refuse 2 full
        0 greet 3 a 2
        1 refuse 4 full
        """)
  }

  @Test func `an open that is refused at a limit does not exclude the holder of its viewer id`()
    throws
  {
    try expect(
      """
      option max-namespaces 1
      0.02 open 4 A viewer=v2
      0.021 open 6 a viewer=v2
      0.2 end
      """,
      gives: """
        0.02 greet 4 A 1
        0.021 refuse 6 full
        """)
    try expect(
      """
      option max-connections 1
      0 open 1 a viewer=v
      1 open 2 a
      2 open 3 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 refuse 2 full
        2 end 1 superseded
        2 greet 3 a 1
        """)
  }

  @Test func `an event that makes no sense is rejected and changes nothing`() throws {
    try expect(
      """
      0 close 7
      1 open 1 a
      1 open 1 b viewer=v
      1 exclude v
      2 close 1
      2 close 1
      3 bye nobody
      3 message b hello
      """,
      gives: """
        0 reject close 7
        1 greet 1 a 1
        1 reject open 1
        2 reject close 1
        """)
  }
}
