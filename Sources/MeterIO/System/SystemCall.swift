// All system calls pass one function: it repeats an interrupted call, returns an operating error as
// a value, and ends the process with a message on a programmer's error (a bad descriptor, a bad
// address).

import Glibc

/// The error of a system call.
package struct SystemError: Error, Equatable {
  /// The value of `errno`.
  package let code: Int32

  /// Whether a limit of descriptors or of memory is reached.
  var isExhaustion: Bool { [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(code) }

  /// Whether the call would have to wait.
  var isWouldBlock: Bool { code == EAGAIN || code == EWOULDBLOCK }

  /// The system's text for the error.
  package var description: String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}

/// Calls `body` until it is not interrupted (EINTR), and turns -1 into an error.
@inline(__always)
func systemCall<Result: FixedWidthInteger>(
  _ name: StaticString, _ body: () -> Result
) -> Swift.Result<Result, SystemError> {
  while true {
    let result = body()
    if result != -1 { return .success(result) }
    let code = errno
    if code == EINTR { continue }
    if code == EBADF || code == EFAULT || code == ENOTSOCK {
      fatalError("\(name): \(SystemError(code: code).description)")
    }
    return .failure(SystemError(code: code))
  }
}
