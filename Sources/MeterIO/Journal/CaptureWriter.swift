// The thread that writes the captured log. A slow or full disk delays only this thread: it keeps
// the bytes that it cannot write yet, and the node's thread can see how many they are.

import Glibc
import MeterModel
import Synchronization

/// Writes the bytes that the node's thread hands over, in order, and tries again after an error of
/// the disk.
final class CaptureWriter: Sendable {
  /// An item of the writer's mailbox.
  enum Item: Sendable {
    case bytes(ContiguousArray<UInt8>)

    /// Put the file aside and begin a new one with these bytes.
    case rotate(ContiguousArray<UInt8>)

    /// Return.
    case close
  }

  private let mailbox: Mailbox<Item>
  private let console: Console
  private let path: String
  private let first: Handover<CaptureFile>
  private let pending = Atomic(0)
  private let isClosing = Atomic(false)

  /// A writer of an open file.
  init(_ file: consuming sending CaptureFile, path: String, console: Console) throws(SystemError) {
    mailbox = try Mailbox()
    first = Handover(file)
    self.path = path
    self.console = console
  }

  /// The number of bytes that were handed over and are not written yet.
  var pendingBytes: Int { pending.load(ordering: .relaxed) }

  /// Hands bytes over.
  func write(_ bytes: sending ContiguousArray<UInt8>) {
    pending.wrappingAdd(bytes.count, ordering: .relaxed)
    mailbox.post(.bytes(bytes))
  }

  /// Hands over the beginning of a new file.
  func rotate(beginningWith bytes: sending ContiguousArray<UInt8>) {
    pending.wrappingAdd(bytes.count, ordering: .relaxed)
    mailbox.post(.rotate(bytes))
  }

  /// Lets `run` return when all bytes are written, or cannot be.
  func close() {
    isClosing.store(true, ordering: .relaxed)
    mailbox.post(.close)
  }

  /// Writes until the writer is closed.
  func run() {
    var file = first.take()
    while true {
      var entry = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, -1)
      for item in mailbox.takeAll() {
        switch item {
        case .bytes(let bytes):
          write(bytes, to: file)
        case .rotate(let bytes):
          if let next = beginFile() { file = next }
          write(bytes, to: file)
        case .close: return
        }
      }
    }
  }

  /// Writes all of the bytes, and tries again each second after an error. Gives up when the daemon
  /// stops meanwhile.
  private func write(_ bytes: ContiguousArray<UInt8>, to file: borrowing CaptureFile) {
    defer { pending.wrappingSubtract(bytes.count, ordering: .relaxed) }
    var written = 0
    var attempts = 0
    while written < bytes.count {
      do throws(SystemError) {
        written += try file.write(bytes.span.extracting(droppingFirst: written))
      } catch {
        guard retries(after: error.description, &attempts) else { return }
      }
    }
    if attempts > 0 { console.log("--capture: \(path) can be written again") }
  }

  /// Renames the file to the first free number, and begins a new one. Returns nil if that fails and
  /// the daemon stops.
  private func beginFile() -> CaptureFile? {
    var attempts = 0
    while true {
      if let reason = putAside() {
        guard retries(after: reason, &attempts) else { return nil }
        continue
      }
      do throws(CaptureFileError) {
        return try CaptureFile(appendingTo: path)
      } catch {
        guard retries(after: error.description, &attempts) else { return nil }
      }
    }
  }

  /// Renames the file, if it exists, to a name that no file has. Returns the reason of a failure;
  /// nil if there was none.
  private func putAside() -> String? {
    guard access(path, F_OK) == 0 else { return nil }
    var number = 1
    while access("\(path).\(number)", F_OK) == 0 { number += 1 }
    let result = systemCall("rename") { rename(path, "\(path).\(number)") }
    if case .failure(let error) = result { return error.description }
    return nil
  }

  /// Reports an error, the first time, and waits a second. Returns false when the daemon stops
  /// meanwhile.
  private func retries(after reason: String, _ attempts: inout Int) -> Bool {
    if attempts == 0 { console.log("--capture: \(path): \(reason); trying again") }
    attempts += 1
    for _ in 0..<10 {
      if isClosing.load(ordering: .relaxed) {
        console.log("--capture: \(path): \(reason); the end of the log is lost")
        return false
      }
      poll(nil, 0, 100)
    }
    return true
  }
}
