// Bytes in and out of a connection's socket, and the end of a connection.

import CLinux
import Glibc
import MeterModel

/// What came of a read.
enum Received {
  case bytes(Int)

  /// Nothing for now.
  case nothing

  /// The client closed its side, or the connection is broken.
  case end
}

extension Reactor {
  /// How much of a request is received before others have their turn: more would be thousands of
  /// requests in one piece, each to be answered.
  static var requestPiece: Int { 4096 }

  /// Receives into `scratch`, at most `most` bytes.
  mutating func receive(_ slot: UInt32, most: Int = .max) -> Received {
    let descriptor = table[slot].descriptor
    let received = scratch.withUnsafeMutableBytes { buffer in
      systemCall("recv") { recv(descriptor, buffer.baseAddress, min(buffer.count, most), 0) }
    }
    switch received {
    case .success(0): return .end
    case .success(let count): return .bytes(count)
    case .failure(let error): return error.isWouldBlock ? .nothing : .end
    }
  }

  /// Sends as much as the socket takes; the answer is how many bytes, nil for a broken connection.
  func send(_ bytes: Span<UInt8>, on slot: UInt32) -> Int? {
    let descriptor = table[slot].descriptor
    let sent = bytes.withUnsafeBytes { buffer in
      systemCall("send") {
        Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
    }
    switch sent {
    case .success(let count): return count
    case .failure(let error): return error.isWouldBlock ? 0 : nil
    }
  }

  /// Whether bytes have come that were not read; they are read and dropped.
  mutating func hasUnreadInput(_ slot: UInt32) -> Bool {
    if case .bytes = receive(slot) { return true }
    return false
  }

  /// Reads and drops what has come, so that a close sends FIN and no reset.
  mutating func discardInput(_ slot: UInt32) {
    _ = receive(slot)
  }

  /// Says that nothing more will be sent.
  func finishSending(_ slot: UInt32) {
    _ = shutdown(table[slot].descriptor, Int32(SHUT_WR))
  }

  /// Changes what a connection is watched for.
  mutating func watch(_ slot: UInt32, _ readiness: Interest) {
    guard table[slot].watched != readiness else { return }
    table[slot].watched = readiness
    let handle = table.handle(slot)
    poller.change(table[slot].descriptor, readiness.readiness, key: key(of: handle))
  }

  /// Ends a connection at once, whatever it is doing.
  mutating func drop(_ slot: UInt32) {
    let port = table[slot].port
    switch table[slot].state {
    case .free: return
    case .conversing: removeDialogue(slot)
    case .opening: reportClosed(slot)
    case .streaming:
      leaveAudience(slot)
      reportClosed(slot)
    }
    context.console.debug("reactor \(index): socket \(slot) closed")
    table.remove(slot)
    budgets[port].giveBack()
    isOverLimit = false
  }

  /// Tells the sequencer that a connection is no stream any more.
  mutating func reportClosed(_ slot: UInt32) {
    streamCount -= 1
    leavesUnsaid += 1
    outgoing.inputs.appendToBatch(.closed(slot: slot))
  }

  mutating func readable(_ slot: UInt32) {
    switch table[slot].state {
    case .free: break
    case .conversing: converse(slot)
    case .opening, .streaming:
      // What follows a stream's request is read and dropped; its end is the viewer's leave.
      if case .end = receive(slot) { drop(slot) }
    }
  }

  mutating func writable(_ slot: UInt32) {
    switch table[slot].state {
    case .free, .opening: break
    case .conversing:
      flush(table[slot].side)
      proceed(slot)
    case .streaming: catchUp(slot)
    }
  }
}
