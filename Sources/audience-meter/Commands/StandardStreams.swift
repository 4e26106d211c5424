import Glibc

/// Writes `text` to standard output. A reader that has gone (`| head`) is a silent failure, any other
/// error one with a line.
func writeToStandardOutput(_ text: String) -> ExitStatus {
  writeToStandardOutput(Array(text.utf8))
}

/// Writes bytes to standard output, as text is written.
func writeToStandardOutput(_ bytes: [UInt8]) -> ExitStatus {
  let error = write(bytes, to: STDOUT_FILENO)
  if error != 0, error != EPIPE {
    printError("standard output: \(String(cString: strerror(error)))")
  }
  return error == 0 ? .success : .failure
}

/// Writes one line with the program's name in front to standard error; where that is closed there is
/// nobody left to tell.
func printError(_ message: String) {
  writeToStandardError("\(programName): \(message)\n")
}

/// Writes `text` to standard error as it is.
func writeToStandardError(_ text: String) {
  _ = write(Array(text.utf8), to: STDERR_FILENO)
}

/// Writes all of `bytes`, whatever it takes; the error's number, or 0.
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
