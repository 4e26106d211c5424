import Testing

/// A Python that has the package requests: that in `PATH`, or Debian's; nil where neither has it.
private let pythonWithRequests: String? = ["python3", debianPython].first { name in
  let check = try? ChildProgram(name, ["-c", "import requests"])
  return (try? check?.awaitExit().status) == 0
}

/// Python's requests as a client: it shows nothing of a body that is not chunked before there are
/// 512 bytes of it.
@Suite(.enabled(if: pythonWithRequests != nil, "needs a python3 with the package requests"))
struct `Python's requests` {
  @Test(arguments: [
    ("iter_lines()", "\\n"), ("iter_lines(chunk_size=1)", "\\n"),
    ("iter_content(chunk_size=None)", ""),
  ])
  func `each event is shown at once`(iteration: String, end: String) throws {
    let python3 = try #require(pythonWithRequests)
    try RunningDaemon.serving("--notify-min-delay", "0", "--notify-max-delay", "60") { daemon in
      let script = """
        import requests, sys
        with requests.Session() as session:
            session.trust_env = False
            response = session.get(
                sys.argv[1], headers={"Accept": "text/event-stream"}, stream=True, timeout=120)
            for piece in response.\(iteration):
                print(piece.decode(), end="\(end)", flush=True)
        """
      let python = try ChildProgram(
        python3, ["-c", script, "http://127.0.0.1:\(daemon.audience)/ns"])
      let event = try python.output.read(through: "data: 1\n")
      #expect(event.hasPrefix("retry: 2000\nid: "))
      let other = try EventStream("/ns", of: daemon)
      #expect(try python.output.read(through: "data: 2\n").contains("\n"))
      try daemon.sendMessage("hello", to: "ns")
      #expect(try python.output.read(through: "data: s=hello\n").contains("\n"))
      python.end()
      try other.read(untilCount: 1, within: Deadline.prompt)
    }
  }
}
