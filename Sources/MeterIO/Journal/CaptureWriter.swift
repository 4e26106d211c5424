// The thread that writes the captured log. A disk that is slow or full makes nobody wait but this thread:
// what it cannot write yet it keeps, and how much that is the sequencer can see.

import Glibc
import MeterModel
import Synchronization

/// Writes what the sequencer hands over, in order, and tries again where the disk refuses.
final class CaptureWriter: Sendable {
  /// What is to be written.
  enum Order: Sendable {
    case bytes(ContiguousArray<UInt8>)

    /// Put the file aside and begin a new one with these bytes.
    case rotate(ContiguousArray<UInt8>)

    /// All is said.
    case close
  }

  private let mailbox: Mailbox<Order>
  private let console: Console
  private let path: String
  private let first: Handover<CaptureFile>
  private let pending = Atomic(0)
  private let isClosing = Atomic(false)

  /// A writer of a file that is open.
  init(_ file: consuming sending CaptureFile, path: String, console: Console) throws(SystemError) {
    mailbox = try Mailbox()
    first = Handover(file)
    self.path = path
    self.console = console
  }

  /// How many bytes were handed over and are not written yet.
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

  /// Lets `run` return when all is written, or cannot be.
  func close() {
    isClosing.store(true, ordering: .relaxed)
    mailbox.post(.close)
  }

  /// Writes until it is closed.
  func run() {
    var file = first.take()
    while true {
      var entry = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, -1)
      for order in mailbox.takeAll() {
        switch order {
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

  /// Writes all of the bytes, trying again each second; gives up when the daemon stops meanwhile.
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

  /// Puts the file aside under the first number that is free, and begins another. Nil when that cannot be
  /// done and the daemon stops.
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

  /// Renames the file, if it is there, to a name that nothing has; the answer is why it could not.
  private func putAside() -> String? {
    guard access(path, F_OK) == 0 else { return nil }
    var number = 1
    while access("\(path).\(number)", F_OK) == 0 { number += 1 }
    let result = systemCall("rename") { rename(path, "\(path).\(number)") }
    if case .failure(let error) = result { return error.description }
    return nil
  }

  /// Says what is wrong, once, and waits a second; false when the daemon stops meanwhile.
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
