// The thread that writes the captured log. A slow or full disk delays only this thread: it keeps
// the bytes that it cannot write yet, and the node's thread can see how many they are. When another
// program has truncated, moved or removed the file, the blocks that follow cannot be read without
// what is gone, so this thread asks the node's thread for a new section. It also asks for one when
// the file has been put aside.
//
// Only the file that this daemon writes is put aside. If its path names another file, that is left
// as it is: it may be the log of another daemon.

import Glibc
import MeterModel
import Synchronization

/// Writes the bytes that the node's thread hands over, in order, and tries again after an error of
/// the disk.
final class CaptureWriter: Sendable {
  /// An item of the writer's mailbox.
  enum Item: Sendable {
    /// Append these blocks to the present section.
    case blocks(ContiguousArray<UInt8>)

    /// Begin the section that was asked for; its header has this offset.
    case section(ContiguousArray<UInt8>, offset: UInt64)

    /// Put the file aside, and ask for a section in a new one.
    case rotate

    /// Look at the file, and wake the sender.
    case look(Wakeup)

    /// Return.
    case close
  }

  private let mailbox: Mailbox<Item>
  private let console: Console
  private let path: String
  private let section: LogSection
  private let first: Handover<CaptureFile>
  private let pending = Atomic(0)
  private let isClosing = Atomic(false)

  /// The offset at which a new section is to begin; `noOffset` for no section.
  private let wantedOffset = Atomic(noOffset)
  private let wake: @Sendable () -> Void

  private static let noOffset = UInt64.max

  /// The length of the longest log that is read at the start, before anybody is served.
  static let maximumJudgedAtStart: UInt64 = 16 * 1024 * 1024

  /// A writer of an open file. `wake` wakes the node's thread, after which `isSectionWanted` is
  /// true.
  init(
    _ file: consuming sending CaptureFile, path: String, section: LogSection, console: Console,
    wake: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    mailbox = try Mailbox()
    first = Handover(file)
    self.path = path
    self.section = section
    self.console = console
    self.wake = wake
  }

  /// The number of bytes that were handed over and are not written yet.
  var pendingBytes: Int { pending.load(ordering: .relaxed) }

  /// Whether a new section is to be begun.
  var isSectionWanted: Bool { wantedOffset.load(ordering: .relaxed) != Self.noOffset }

  /// The offset of the section that is to be begun; nil for none, and from then on.
  func takeWantedOffset() -> UInt64? {
    let offset = wantedOffset.exchange(Self.noOffset, ordering: .relaxed)
    return offset == Self.noOffset ? nil : offset
  }

  /// Hands blocks over.
  func write(_ bytes: sending ContiguousArray<UInt8>) {
    pending.wrappingAdd(bytes.count, ordering: .relaxed)
    mailbox.post(.blocks(bytes))
  }

  /// Hands over the section that was wanted, with its header.
  func begin(_ bytes: sending ContiguousArray<UInt8>, at offset: UInt64) {
    pending.wrappingAdd(bytes.count, ordering: .relaxed)
    mailbox.post(.section(bytes, offset: offset))
  }

  /// Lets the file be put aside. A section in a new file is wanted as soon as that is done.
  func rotate() { mailbox.post(.rotate) }

  /// Waits until everything was written and the file was looked at, but at most a second, since a
  /// disk may take any time.
  func settle() {
    guard let wakeup = try? Wakeup() else { return }
    mailbox.post(.look(wakeup))
    var entry = pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, 1000)
  }

  /// Lets `run` return when all bytes are written, or cannot be.
  func close() {
    isClosing.store(true, ordering: .relaxed)
    mailbox.post(.close)
  }

  /// Writes until the writer is closed. A log that was too large to be judged at the start is
  /// judged first.
  func run() {
    var target = CaptureTarget(file: first.take())
    if target.file.length > Self.maximumJudgedAtStart { judge(&target) }
    while true {
      var entry = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, -1)
      for item in mailbox.takeAll() {
        switch item {
        case .blocks(let bytes):
          look(at: &target)
          write(bytes, to: &target)
        case .section(let bytes, let offset): begin(bytes, at: offset, &target)
        case .rotate:
          guard target.file.isRegular else { break }
          target.departure = target.departure ?? .rotation
          look(at: &target)
        case .look(let wakeup):
          look(at: &target)
          wakeup.wake()
        case .close: return
        }
      }
    }
  }
}

/// The file that is written, and what is to become of the blocks.
private struct CaptureTarget: ~Copyable {
  /// Why the file is to be put aside.
  enum Departure {
    /// It is large enough.
    case rotation

    /// What follows in it could not be read, for a reason in words.
    case fault(String)
  }

  var file: CaptureFile

  /// The file of the next section, if it is another one. Until then blocks go to `file`.
  var next: CaptureFile?

  /// Whether a section was asked for and has not begun.
  var awaitsSection = false

  /// Whether blocks are dropped until the next section, whose snapshot has all that they changed.
  var dropsBlocks = false

  /// Why the file is to be put aside; nil if it is not.
  var departure: Departure?

  /// The last line about a new file that could not be begun; empty for none.
  var lastFailure = ""

  init(file: consuming CaptureFile) { self.file = file }
}

// MARK: - What other programs did

extension CaptureWriter {
  /// Looks whether another program has changed the file, or it is to be put aside, and asks for a
  /// new section if so.
  private func look(at target: inout CaptureTarget) {
    guard !target.awaitsSection else { return }
    switch (target.file.fate(at: path), target.departure) {
    case (.moved, .fault(let reason)): beginFile(&target, because: reason)
    case (.moved, .rotation), (.moved, nil):
      beginFile(&target, because: "it was moved or removed")
    case (.truncated(let size), .rotation), (.truncated(let size), nil):
      target.file.acceptSize(without: [])
      target.dropsBlocks = true
      want(target.file.length, "it was truncated to \(size) bytes", &target)
    case (_, .fault(let reason)): beginFile(&target, because: reason, puttingAside: true)
    case (.extended, .rotation), (.extended, nil):
      leave(&target, because: "it was changed by another program")
    case (.whole, .rotation): beginFile(&target, because: nil, puttingAside: true)
    case (.whole, nil): break
    }
  }

  /// Reads the log that was there at the start. Puts it aside if it is damaged, and asks for a
  /// section in a new file. Gives up when the daemon stops.
  private func judge(_ target: inout CaptureTarget) {
    var continuation = LogContinuation()
    var offset = 0
    while !continuation.isDecided {
      if isClosing.load(ordering: .relaxed) { return }
      guard let piece = try? target.file.read(65_536, at: offset) else { return }
      if piece.isEmpty { break }
      continuation.append(piece.span)
      offset += piece.count
    }
    guard case .damaged(let reason) = continuation.verdict(for: section) else { return }
    leave(&target, because: "it is damaged at \(reason), and put aside")
  }

  /// Writes no more to the file, puts it aside, and asks for a section in a new one.
  private func leave(_ target: inout CaptureTarget, because reason: String) {
    target.dropsBlocks = true
    target.departure = .fault(reason)
    look(at: &target)
  }

  /// Begins a new file, and asks for a section in it. If that fails, the next look tries again.
  /// `reason`: what happened to the present file, in words; nil if it has only become large.
  private func beginFile(
    _ target: inout CaptureTarget, because reason: String?, puttingAside: Bool = false
  ) {
    if reason == nil, isClosing.load(ordering: .relaxed) { return }
    do throws(CaptureFileError) {
      if puttingAside {
        do throws(SystemError) {
          _ = try CaptureFile.putAside(path)
        } catch {
          throw CaptureFileError.system(error)
        }
      }
      let next = try CaptureFile.open(
        appendingTo: path, section, judgingUpTo: .max, report: log)
      let hasFailed = !target.lastFailure.isEmpty
      want(next.length, reason ?? (hasFailed ? "it is put aside now" : nil), &target)
      target.next = consume next
      target.lastFailure = ""
    } catch {
      let reason = reason ?? "it is large enough to be put aside"
      let failure = "\(reason); \(error.description); trying again to begin a new one"
      if failure != target.lastFailure { log(failure) }
      target.lastFailure = failure
    }
  }

  /// Asks for a section at an offset. `reason`: what happened, in words; nil for nothing that is
  /// worth a line.
  private func want(_ offset: UInt64, _ reason: String?, _ target: inout CaptureTarget) {
    target.awaitsSection = true
    guard !isClosing.load(ordering: .relaxed) else {
      if let reason { log("\(reason); the end of the log is lost") }
      return
    }
    if let reason { log("\(reason); the log goes on with a new section") }
    wantedOffset.store(offset, ordering: .relaxed)
    wake()
  }

  /// Begins a section whose header has an offset. Asks for another one if that is wrong now.
  private func begin(
    _ bytes: ContiguousArray<UInt8>, at offset: UInt64, _ target: inout CaptureTarget
  ) {
    if let next = target.next.take() { target.file = next }
    target.awaitsSection = false
    target.dropsBlocks = false
    target.departure = nil
    look(at: &target)
    if target.next != nil {
      target.dropsBlocks = true
    } else if !target.dropsBlocks, target.file.length != offset {
      target.dropsBlocks = true
      want(target.file.length, "it has changed", &target)
    }
    write(bytes, to: &target)
  }
}

// MARK: - Files

extension CaptureWriter {
  /// Writes all of the bytes, and tries again each second after an error. Gives up when the daemon
  /// stops meanwhile, or when the file is truncated meanwhile.
  private func write(_ bytes: ContiguousArray<UInt8>, to target: inout CaptureTarget) {
    defer { pending.wrappingSubtract(bytes.count, ordering: .relaxed) }
    guard !target.dropsBlocks else { return }
    var written = 0
    var attempts = 0
    while written < bytes.count {
      do throws(SystemError) {
        let count = try target.file.write(bytes.span.extracting(droppingFirst: written))
        if case .truncated = target.file.fate(at: path) {
          target.file.acceptSize(without: bytes[written..<written + count])
          target.dropsBlocks = true
          return want(
            target.file.length, "it was truncated to \(target.file.length) bytes", &target)
        }
        written += count
      } catch {
        guard retries(after: error.description, &attempts) else { return }
        look(at: &target)
        // The section of a new file has a snapshot, which stands for what the old one lacks.
        if target.next != nil { target.dropsBlocks = true }
        if target.dropsBlocks { return }
      }
    }
    if attempts > 0 { log("can be written again") }
  }

  /// Reports an error, the first time, and waits a second. Returns false when the daemon stops
  /// meanwhile.
  private func retries(after reason: String, _ attempts: inout Int) -> Bool {
    if attempts == 0 { log("\(reason); trying again") }
    attempts += 1
    for _ in 0..<10 {
      if isClosing.load(ordering: .relaxed) {
        log("\(reason); the end of the log is lost")
        return false
      }
      poll(nil, 0, 100)
    }
    return true
  }

  private func log(_ text: String) { console.log("--capture: \(path): \(text)") }
}
