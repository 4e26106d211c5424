// The file of a captured run. It is opened such that nothing in it can be lost, and locked so that
// no other daemon writes to it.

import CLinux
import Glibc
import MeterModel

/// The reason why a run cannot be captured in a file.
enum CaptureFileError: Error {
  case system(SystemError)

  /// Another process captures into it.
  case isLocked

  /// It is not empty and is not a log in binary form.
  case isNoLog

  /// The reason in words, on one line.
  var description: String {
    switch self {
    case .system(let error): error.description
    case .isLocked: "another daemon captures into it"
    case .isNoLog: "it holds something that is no captured log"
    }
  }
}

/// A log file to which records are appended.
struct CaptureFile: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// The length of the file when it was opened, in bytes.
  let length: UInt64

  /// Opens or creates the file. Its present content must be a log in binary form, which is kept.
  init(appendingTo path: String) throws(CaptureFileError) {
    let number = try Self.open(path)
    do throws(CaptureFileError) {
      length = try Self.length(of: number)
    } catch {
      close(number)
      throw error
    }
    descriptor = Descriptor(owning: number)
  }

  private static func open(_ path: String) throws(CaptureFileError) -> Int32 {
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC
    switch systemCall("open", { Glibc.open(path, flags, 0o640) }) {
    case .success(let number): return number
    case .failure(let error): throw .system(error)
    }
  }

  private static func length(of descriptor: Int32) throws(CaptureFileError) -> UInt64 {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .isLocked }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(SystemError(code: errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { return 0 }
    var start = [UInt8](repeating: 0, count: LogFormat.magic.count)
    let read = pread(descriptor, &start, start.count, 0)
    // A file that is shorter than the magic is the torn beginning of a log, or empty.
    guard read >= 0, LogFormat.magic.starts(with: start.prefix(read)) else { throw .isNoLog }
    return UInt64(status.st_size)
  }

  /// Writes some of the bytes. Returns their number.
  func write(_ bytes: Span<UInt8>) throws(SystemError) -> Int {
    let result = bytes.withUnsafeBytes { buffer in
      systemCall("write") { Glibc.write(descriptor.number, buffer.baseAddress, buffer.count) }
    }
    return try result.get()
  }
}
