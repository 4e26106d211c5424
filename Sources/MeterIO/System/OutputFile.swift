// A file that is written from its beginning.

import Glibc

/// A file that is open for writing.
package struct OutputFile: ~Copyable {
  private let descriptor: Descriptor

  /// Creates a file, or empties one that is there.
  package init(path: String) throws(InputFileError) {
    descriptor = Descriptor(owning: try Self.open(path))
  }

  private static func open(_ path: String) throws(InputFileError) -> Int32 {
    let opened = systemCall("open") {
      Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
    switch opened {
    case .success(let number): return number
    case .failure(let error): throw InputFileError(reason: error.description)
    }
  }

  /// Writes all of `bytes`.
  package func write(_ bytes: [UInt8]) throws(InputFileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let result = systemCall("write") {
        rest.withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
      }
      switch result {
      case .success(let count): rest = rest.dropFirst(count)
      case .failure(let error): throw InputFileError(reason: error.description)
      }
    }
  }
}
