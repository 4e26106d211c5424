// Files that are written from their beginning to their end.

import Glibc

/// A file that is open for writing.
package struct OutputFile: ~Copyable {
  private let descriptor: Descriptor

  /// Creates a file (mode 0644), or empties an existing one; `-` is standard output.
  package init(path: String) throws(SystemError) {
    let opened = systemCall("open") {
      path == "-"
        ? dup(STDOUT_FILENO) : Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
    descriptor = Descriptor(owning: try opened.get())
  }

  /// Writes all of the bytes.
  package func write(_ bytes: [UInt8]) throws(SystemError) {
    var start = 0
    while start < bytes.count {
      let result = systemCall("write") {
        bytes[start...].withUnsafeBytes {
          Glibc.write(descriptor.number, $0.baseAddress, $0.count)
        }
      }
      start += try result.get()
    }
  }
}
