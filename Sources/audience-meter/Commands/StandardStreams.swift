import Glibc

/// Writes `text` to standard output. A closed reader (`| head`) is a failure without a message, any
/// other error a failure with one.
func writeToStandardOutput(_ text: String) -> ExitStatus {
  writeToStandardOutput(Array(text.utf8))
}

/// Writes bytes to standard output, with the same errors.
func writeToStandardOutput(_ bytes: [UInt8]) -> ExitStatus {
  let error = write(bytes, to: STDOUT_FILENO)
  if error != 0, error != EPIPE {
    printError("standard output: \(String(cString: strerror(error)))")
  }
  return error == 0 ? .success : .failure
}

/// Writes one line, which begins with the program's name, to standard error. Errors are ignored.
func printError(_ message: String) {
  writeToStandardError("\(programName): \(message)\n")
}

/// Writes `text` to standard error without a change.
func writeToStandardError(_ text: String) {
  _ = write(Array(text.utf8), to: STDERR_FILENO)
}

/// Writes all of `bytes`. Returns the number of the error, or 0.
private func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  var bytes = bytes[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 {
      bytes = bytes.dropFirst(count)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}
