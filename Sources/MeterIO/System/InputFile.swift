// Files that are read from their beginning to their end.

import Glibc

/// Why a file could not be opened or read.
package struct InputFileError: Error {
  /// The system's text for the error, or another clause.
  package let reason: String

  package init(reason: String) {
    self.reason = reason
  }
}

/// A file that is open for reading.
package struct InputFile: ~Copyable {
  private let descriptor: Descriptor

  /// Opens a file; `-` is standard input.
  package init(path: String) throws(InputFileError) {
    descriptor = Descriptor(owning: try Self.open(path))
  }

  /// Checks that a file can be read, without opening it: the writer of a named pipe would take its
  /// close for the end. Returns the size of a regular file in bytes, and nil for any other.
  package static func checkedSize(of path: String) throws(InputFileError) -> UInt64? {
    if path == "-" { return try InputFile(path: path).size }
    if case .failure(let error) = systemCall("access", { access(path, R_OK) }) {
      throw InputFileError(reason: error.description)
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return UInt64(clamping: status.st_size)
  }

  private static func open(_ path: String) throws(InputFileError) -> Int32 {
    let opened = systemCall("open") {
      path == "-" ? dup(STDIN_FILENO) : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    }
    switch opened {
    case .success(let number): return number
    case .failure(let error): throw InputFileError(reason: error.description)
    }
  }

  /// Reads the next bytes, 1 to 65,536; none at the end of the file.
  package func read() throws(InputFileError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      let result = systemCall("read") {
        Glibc.read(descriptor.number, buffer.baseAddress, buffer.count)
      }
      switch result {
      case .success(let length): count = length
      case .failure(let error): failure = error
      }
    }
    if let failure { throw InputFileError(reason: failure.description) }
    return bytes
  }

  /// The size of a regular file in bytes; nil for any other kind of file.
  package var size: UInt64? {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return UInt64(clamping: status.st_size)
  }

  /// Goes back to the first byte; an error for a pipe.
  package func rewind() throws(InputFileError) {
    switch systemCall("lseek", { Int(lseek(descriptor.number, 0, SEEK_SET)) }) {
    case .success: return
    case .failure(let error): throw InputFileError(reason: error.description)
    }
  }
}
