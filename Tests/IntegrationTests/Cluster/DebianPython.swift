// A MessagePack of other authors, to judge ours by.

/// Debian's Python, which is the one that Debian's modules are for, whatever other one is in PATH.
let debianPython = "/usr/bin/python3"

/// Whether it has MessagePack.
let isMessagePackInstalled: Bool = {
  guard let check = try? ChildProgram(debianPython, ["-c", "import msgpack"]) else { return false }
  return (try? check.awaitExit().status) == 0
}()
