// Which of several clients with one viewer id stays, and which is stopped for good (§2 rule 8).

import Testing

struct StoppingScenarios {
  @Test func `an excluded connection that returns is refused`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 1
      3 open 3 a viewer=v after=1
      4 close 3
      5 open 4 a viewer=v after=2
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        3 refuse 3 stopped
        5 end 2 superseded
        5 greet 4 a 1
        """)
  }

  @Test func `a connection that a plain request excluded may return`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 exclude v
      1 exclude v
      2 open 2 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        2 greet 2 a 1
        """)
  }

  @Test func `of three clients that come back by themselves, the one that came last stays`() throws
  {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 open 3 a viewer=v
      3 open 4 a viewer=v after=1
      4 open 5 a viewer=v after=2
      20 end
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        2 end 2 excluded
        2 greet 3 a 1
        3 refuse 4 stopped
        4 refuse 5 stopped
        """)
  }

  @Test func `a page that is reloaded stays, and the older one is stopped`() throws {
    // The reload opens its connection before the former one is known to be closed.
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      1.5 open 3 a viewer=v
      1.6 close 2
      2 open 4 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        1.5 end 2 excluded
        1.5 greet 3 a 1
        2 refuse 4 stopped
        """)
    // The former one closes first; in the second case the newcomer comes after it.
    for after in ["", " after=2"] {
      try expect(
        """
        0 open 1 a viewer=v
        1 open 2 a viewer=v
        1.5 close 2
        2.5 open 3 a viewer=v\(after)
        3 open 4 a viewer=v after=1
        4 open 5 b viewer=v after=1
        """,
        gives: """
          0 greet 1 a 1
          1 end 1 excluded
          1 greet 2 a 1
          2.5 greet 3 a 1
          3 refuse 4 stopped
          4 refuse 5 stopped
          """)
    }
  }

  @Test func `a connection of another viewer id that opened before the excluded one is refused`()
    throws
  {
    try expect(
      """
      0 open 1 a viewer=w
      0 open 2 a viewer=v
      1 open 3 a viewer=v
      1 open 4 a viewer=w
      2 open 5 a viewer=v after=1
      2 open 6 a viewer=v after=4
      """,
      gives: """
        0 greet 1 a 1
        0 greet 2 a 2
        1 end 2 excluded
        1 greet 3 a 2
        1 end 1 excluded
        1 greet 4 a 2
        2 notify a 2
        2 refuse 5 stopped
        2 end 3 excluded
        2 greet 6 a 2
        """)
  }

  @Test func `the memory of a viewer id goes with it to another namespace`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 2
      3 open 3 b viewer=v
      4 open 4 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        3 greet 3 b 1
        4 refuse 4 stopped
        """)
  }

  @Test func `an excluded connection may return while no connection has its viewer id`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 2
      3 open 3 a viewer=v after=1
      4 open 4 a viewer=v after=1
      5 open 5 a viewer=v after=2
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        3 greet 3 a 1
        4 refuse 4 stopped
        5 end 3 excluded
        5 greet 5 a 1
        """)
  }

  @Test func `what is remembered ends with the viewer`() throws {
    let log = """
      option decrement-delay 4
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 2
      """
    try expect(
      log + "\n4 open 3 a viewer=v\n5 open 4 a viewer=v after=1",
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        4 greet 3 a 1
        5 end 3 excluded
        5 greet 4 a 1
        """)
    try expect(
      log + "\n3.999999999 open 3 a viewer=v\n5 open 4 a viewer=v after=1",
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        3.999999999 greet 3 a 1
        5 refuse 4 stopped
        """)
  }

  @Test func `what is remembered stays as long as the viewer has grace`() throws {
    try expect(
      """
      option decrement-delay 4
      0 open 1 a viewer=v
      0 open 2 a viewer=v
      2 close 2
      3 open 3 a viewer=v
      3 close 3
      5 open 4 a viewer=v
      5 open 5 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        0 end 1 excluded
        0 greet 2 a 1
        3 greet 3 a 1
        5 greet 4 a 1
        5 refuse 5 stopped
        """)
  }

  @Test func `a connection that comes after the open one of its viewer id replaces it`() throws {
    // Connection 1 is not remembered, since its own page has replaced it.
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v after=1
      2 open 3 a viewer=v after=1
      3 open 4 a viewer=v after=2
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 superseded
        1 greet 2 a 1
        2 end 2 excluded
        2 greet 3 a 1
        3 refuse 4 stopped
        """)
  }

  @Test func `a plain request ends the memory, with and without a connection`() throws {
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 exclude v
      3 open 3 a viewer=v
      4 open 4 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        2 end 2 excluded
        3 greet 3 a 1
        4 end 3 excluded
        4 greet 4 a 1
        """)
    try expect(
      """
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 close 2
      2 exclude v
      3 open 3 a viewer=v
      4 open 4 a viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        3 greet 3 a 1
        4 end 3 excluded
        4 greet 4 a 1
        """)
  }

  @Test func `a connection that is refused at a limit changes nothing that is remembered`() throws {
    try expect(
      """
      option max-namespaces 1
      0 open 1 a viewer=v
      1 open 2 a viewer=v
      2 open 3 b viewer=v
      3 open 4 a viewer=v after=1
      4 open 5 b viewer=v after=1
      """,
      gives: """
        0 greet 1 a 1
        1 end 1 excluded
        1 greet 2 a 1
        2 refuse 3 full
        3 refuse 4 stopped
        4 refuse 5 stopped
        """)
  }
}
