/// The Python of Debian, which finds the modules of Debian's packages, whatever other Python is in
/// `PATH`.
let debianPython = "/usr/bin/python3"

/// Whether it has MessagePack, the implementation with which ours is compared.
let isMessagePackInstalled: Bool = {
  guard let check = try? ChildProgram(debianPython, ["-c", "import msgpack"]) else { return false }
  return (try? check.awaitExit().status) == 0
}()
