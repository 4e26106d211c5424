import CLinux
import Glibc

/// What a program is not permitted to do.
enum Confinement: Equatable {
  case none

  /// The system call `unshare` is not permitted. Some containers do not permit it; a thread then
  /// cannot have a descriptor table of its own.
  case noUnshare

  /// Calls `body`, which starts a program, so that the program is confined.
  func starting<Answer: Sendable>(
    _ body: @escaping @Sendable () throws -> Answer
  ) throws -> Answer {
    guard self == .noUnshare else { return try body() }
    // A filter holds for the thread that sets it and for all that it starts, and is never removed.
    return try confinedToNewThread {
      guard Self.forbidUnshare() else { throw HarnessError("no filter of system calls can be set") }
      return try body()
    }
  }

  private static func forbidUnshare() -> Bool {
    let allow: UInt32 = 0x7FFF_0000
    let refuse: UInt32 = 0x0005_0000 | UInt32(EPERM)
    var filter = [
      // The number of the system call is the first word of what is judged.
      sock_filter(code: UInt16(BPF_LD | BPF_W | BPF_ABS), jt: 0, jf: 0, k: 0),
      sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: 1, k: UInt32(SYS_unshare)),
      sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: refuse),
      sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: allow),
    ]
    guard prctl_words(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 else { return false }
    return filter.withUnsafeMutableBufferPointer { filter in
      var program = sock_fprog(len: UInt16(filter.count), filter: filter.baseAddress)
      return withUnsafePointer(to: &program) {
        let mode = UInt(SECCOMP_MODE_FILTER)
        return prctl_words(PR_SET_SECCOMP, mode, UInt(bitPattern: $0), 0, 0) == 0
      }
    }
  }
}
