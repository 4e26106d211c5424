// The leader's own connections: one to find out whether there is a server, and one for each
// trigger.

import CLinux
import Glibc
import MeterModel

/// A blocking connection with a timeout.
struct BlockingClient: ~Copyable {
  private let descriptor: Descriptor

  init(_ address: SocketAddress, timeout: Duration) throws(SystemError) {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Descriptor(
      owning: try systemCall("socket") { socket(address.family, type, 0) }.get())
    let seconds = max(1, Int(timeout.nanoseconds / 1_000_000_000))
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor.number, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(descriptor.number, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    _ = try systemCall("connect") {
      address.withPointer { connect(descriptor.number, $0, $1) }
    }.get()
    self.descriptor = descriptor
  }

  func send(_ bytes: [UInt8]) throws(SystemError) {
    var sent = 0
    while sent < bytes.count {
      sent += try systemCall("send") {
        bytes[sent...].withUnsafeBytes {
          Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
      }.get()
    }
  }

  /// Reads the response to its end, at most a megabyte. Returns its start.
  func readAnswer() throws(SystemError) -> [UInt8] {
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16_384)
    var total = 0
    while total < 1 << 20 {
      let count = try systemCall("recv") {
        piece.withUnsafeMutableBytes { recv(descriptor.number, $0.baseAddress, $0.count, 0) }
      }.get()
      if count == 0 { break }
      total += count
      if answer.count < 4096 { answer += piece[..<count] }
    }
    return answer
  }
}

extension TriggerTemplate {
  /// Whether a response is a success.
  func isSuccess(_ answer: [UInt8]) -> Bool {
    switch scheme {
    case .http: answer.starts(with: "HTTP/1.".utf8) && answer.dropFirst(8).starts(with: " 200".utf8)
    case .tcp: true
    }
  }
}
