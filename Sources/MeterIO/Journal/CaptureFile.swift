// The file of a captured run. It is opened such that nothing in it can be lost, and locked so that
// no other daemon writes to it. Other programs may change it all the same, as logrotate does, so it
// is looked at before each write.

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

  /// The device and the number of a regular file; nil for a pipe or a device, which is only
  /// written.
  private let identity: FileIdentity?

  /// Whether it is a regular file, which can be put aside; a pipe or a device cannot.
  var isRegular: Bool { identity != nil }

  /// The length of the file in bytes, as far as this process has changed it; 0 for a pipe or a
  /// device.
  private(set) var length: UInt64

  /// What other programs have done to a file.
  enum Fate: Equatable {
    /// Nothing.
    case whole

    /// It is shorter than it was: it has this many bytes.
    case truncated(UInt64)

    /// Something was appended to it.
    case extended

    /// It has another name or none, and perhaps another file has its name.
    case moved
  }

  /// Opens or creates the file. A section can be appended to its present content, which is kept. A
  /// log for which that is not so is put aside, `report` is told, and a new file is created. A log
  /// of more than `limit` bytes is only opened, and is to be judged later.
  static func open(
    appendingTo path: String, _ section: LogSection, judgingUpTo limit: UInt64,
    report: (String) -> Void
  ) throws(CaptureFileError) -> CaptureFile {
    // Another daemon may rename the file between its opening and its locking here.
    for _ in 0..<maximumAttempts {
      let file = try CaptureFile(locking: path)
      guard let identity = file.identity else { return file }
      guard FileIdentity(at: path) == identity else { continue }
      switch try file.verdict(for: section, judgingUpTo: limit) {
      case .continues: return file
      case .foreign: throw .isNoLog
      case .damaged(let reason):
        do throws(SystemError) {
          report("it is damaged at \(reason); it is now \(try putAside(path) ?? "gone")")
        } catch {
          throw .system(error)
        }
      }
    }
    throw .system(SystemError(code: EBUSY))
  }

  private static let maximumAttempts = 16

  private init(locking path: String) throws(CaptureFileError) {
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC
    let number: Int32
    switch systemCall("open", { Glibc.open(path, flags, 0o640) }) {
    case .success(let opened): number = opened
    case .failure(let error): throw .system(error)
    }
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      close(number)
      throw .isLocked
    }
    descriptor = Descriptor(owning: number)
    identity = FileIdentity(of: number)
    length = Self.size(of: number) ?? 0
  }

  /// The size of a regular file; nil for any other.
  private static func size(of descriptor: Int32) -> UInt64? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return UInt64(clamping: status.st_size)
  }

  /// Renames a file to the first of `path.1`, `path.2`, … that does not exist. Returns the new
  /// path; nil if there is no such file. Precondition: this process has it open, so that it is no
  /// other daemon's.
  static func putAside(_ path: String) throws(SystemError) -> String? {
    guard access(path, F_OK) == 0 else { return nil }
    var number = 1
    while access("\(path).\(number)", F_OK) == 0 { number += 1 }
    _ = try systemCall("rename") { rename(path, "\(path).\(number)") }.get()
    return "\(path).\(number)"
  }
}

// MARK: - Reading

extension CaptureFile {
  /// Judges the present content: all of it, or only its beginning if it is longer than `limit`
  /// bytes. O(length)
  private borrowing func verdict(
    for section: LogSection, judgingUpTo limit: UInt64
  ) throws(CaptureFileError) -> LogContinuation.Verdict {
    var continuation = LogContinuation()
    var offset = 0
    while true {
      let piece: ContiguousArray<UInt8>
      do throws(SystemError) { piece = try read(65_536, at: offset) } catch { throw .system(error) }
      continuation.append(piece.span)
      if length > limit { return continuation.isLog ? .continues : .foreign }
      if piece.isEmpty || continuation.isDecided { return continuation.verdict(for: section) }
      offset += piece.count
    }
  }

  /// Reads bytes at an offset: `count`, or as many as there are.
  borrowing func read(
    _ count: Int, at offset: Int
  ) throws(SystemError) -> ContiguousArray<UInt8> {
    var bytes = ContiguousArray<UInt8>(repeating: 0, count: count)
    let number = descriptor.number
    let length = try systemCall("pread") {
      bytes.withUnsafeMutableBytes { pread(number, $0.baseAddress, $0.count, off_t(offset)) }
    }.get()
    bytes.removeLast(count - length)
    return bytes
  }

  /// What other programs have done to the file since `path` was opened.
  borrowing func fate(at path: String) -> Fate {
    guard let identity, let size = Self.size(of: descriptor.number) else { return .whole }
    if FileIdentity.isElsewhere(identity, than: path) { return .moved }
    if size < length { return .truncated(size) }
    return size > length ? .extended : .whole
  }
}

// MARK: - Writing

extension CaptureFile {
  /// Writes some of the bytes. Returns their number.
  mutating func write(_ bytes: Span<UInt8>) throws(SystemError) -> Int {
    let number = descriptor.number
    let count = try bytes.withUnsafeBytes { buffer in
      systemCall("write") { Glibc.write(number, buffer.baseAddress, buffer.count) }
    }.get()
    if identity != nil { length += UInt64(count) }
    return count
  }

  /// Takes the present size for the length. If the file was truncated while `bytes` were written,
  /// they are at its end without what they belong to, and are removed.
  mutating func acceptSize(without bytes: ContiguousArray<UInt8>.SubSequence) {
    guard let size = Self.size(of: descriptor.number), size < length else { return }
    length = size
    let start = Int(size) - bytes.count
    guard start >= 0, let end = try? read(bytes.count, at: start),
      end.elementsEqual(bytes)
    else { return }
    if ftruncate(descriptor.number, off_t(start)) == 0 { length = UInt64(start) }
  }
}

/// The device and the number of a file.
private struct FileIdentity: Equatable, Sendable {
  private let device: UInt
  private let number: UInt

  /// The identity of an open regular file; nil for any other.
  init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }

  /// The identity of the file that has a path now; nil if there is none or it cannot be seen.
  init?(at path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }

  /// Whether a path names another file, or none. An error of the system says nothing of that.
  static func isElsewhere(_ identity: FileIdentity, than path: String) -> Bool {
    if let found = FileIdentity(at: path) { return found != identity }
    return errno == ENOENT
  }
}
