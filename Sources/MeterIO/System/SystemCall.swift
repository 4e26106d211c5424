// The one funnel for system calls: an interrupted call is made again, an operating error is a value, and a
// programmer's error (a bad descriptor, a bad address) ends the process with a message.

import Glibc

/// Why a system call failed, by its errno.
package struct SystemError: Error, Equatable {
  package let code: Int32

  /// Some calls, and what the process asks of them, have reached a limit of descriptors or memory.
  var isExhaustion: Bool { [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(code) }

  /// The call would have to wait.
  var isWouldBlock: Bool { code == EAGAIN || code == EWOULDBLOCK }

  /// The system's words for it.
  package var description: String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}

/// Calls `body` until it is not interrupted; -1 becomes an error.
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
