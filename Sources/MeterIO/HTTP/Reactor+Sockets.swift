// Input and output of a connection's socket, and the end of a connection.

import CLinux
import Glibc
import MeterModel

/// The result of a read.
enum Received {
  case bytes(Int)

  /// Nothing for now.
  case nothing

  /// The client has closed its side, or the connection is broken.
  case end
}

extension Reactor {
  /// The number of bytes of requests that are received before other sockets have their turn. More
  /// bytes could hold thousands of requests.
  static var maximumRequestPiece: Int { 4096 }

  /// Receives into `scratch`, at most `limit` bytes.
  mutating func receive(_ slot: UInt32, limit: Int = .max) -> Received {
    let descriptor = table[slot].descriptor
    let received = scratch.withUnsafeMutableBytes { buffer in
      systemCall("recv") { recv(descriptor, buffer.baseAddress, min(buffer.count, limit), 0) }
    }
    switch received {
    case .success(0): return .end
    case .success(let count): return .bytes(count)
    case .failure(let error): return error.isWouldBlock ? .nothing : .end
    }
  }

  /// Sends as much as the socket takes. Returns the number of bytes; nil for a broken connection.
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

  /// Whether there were unread bytes. They are read and dropped.
  mutating func hasUnreadInput(_ slot: UInt32) -> Bool {
    if case .bytes = receive(slot) { return true }
    return false
  }

  /// Reads and drops the received bytes, so that a close sends FIN and no reset.
  mutating func discardInput(_ slot: UInt32) {
    _ = receive(slot)
  }

  /// Ends the sending direction of a connection.
  func finishSending(_ slot: UInt32) {
    _ = shutdown(table[slot].descriptor, Int32(SHUT_WR))
  }

  /// Changes the conditions for which a connection is watched.
  mutating func watch(_ slot: UInt32, _ readiness: Interest) {
    guard table[slot].watched != readiness else { return }
    table[slot].watched = readiness
    let handle = table.handle(slot)
    poller.change(table[slot].descriptor, readiness.readiness, key: key(of: handle))
  }

  /// Closes a connection at once, in any state.
  mutating func drop(_ slot: UInt32) {
    let port = table[slot].port
    switch table[slot].state {
    case .free, .part: return
    case .http: removeConnection(slot)
    case .opening:
      _ = takeAccess(slot)
      reportClosed(slot)
    case .streaming:
      leaveAudience(slot)
      reportClosed(slot)
    }
    context.console.debug("reactor \(index): socket \(slot) closed")
    table.remove(slot)
    budgets[port].giveBack()
    isOverLimit = false
  }

  /// Reports to the node that a connection is no stream any more, or that its parts are none.
  mutating func reportClosed(_ slot: UInt32) {
    streamCount -= 1
    if table[slot].traits.contains(.watching) {
      removeParts(slot)
    } else {
      reportEnd(slot)
    }
  }

  /// Reports the end of a stream to the node.
  mutating func reportEnd(_ slot: UInt32) {
    unreportedLeaves += 1
    outgoing.inputs.appendToBatch(.closed(slot: slot))
  }

  /// Handles the event that a socket is readable.
  mutating func readable(_ slot: UInt32) {
    switch table[slot].state {
    case .free, .part: break
    case .http: readRequest(slot)
    case .opening, .streaming:
      // Bytes after the request of a stream are read and dropped. Their end means that the viewer
      // has left.
      if case .end = receive(slot) { drop(slot) }
    }
  }

  /// Handles the event that a socket is writable.
  mutating func writable(_ slot: UInt32) {
    switch table[slot].state {
    case .free, .opening, .part: break
    case .http:
      flush(table[slot].attachment)
      proceed(slot)
    case .streaming: catchUp(slot)
    }
  }
}
