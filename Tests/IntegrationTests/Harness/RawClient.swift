import CLinux
import Glibc

/// The socket of one client: a test chooses each byte that it sends, and the way in which it goes.
///
/// `@unchecked Sendable`: a test may pass a client to a thread by `onNewThread`, and waits for that
/// thread before it uses the client again.
final class RawClient: @unchecked Sendable {
  private(set) var descriptor: Int32

  /// What was received and is not yet taken; of a chunked body its content.
  private var unread: [UInt8] = []

  /// The chunked body that is being received; nil for none.
  private var body: ChunkedBody?

  init(port: UInt16, by address: Loopback = .v4, receiveBuffer: Int32? = nil) throws {
    descriptor = try address.connect(to: port, receiveBuffer: receiveBuffer)
  }

  /// Takes over a socket that is connected already, and closes it.
  init(connected descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  var isOpen: Bool { descriptor >= 0 }

  /// How the other side ended the connection.
  enum End: Equatable { case finished, reset }

  func send(_ text: String, within seconds: Double = Deadline.timeout) throws {
    try send(Array(text.utf8), within: seconds)
  }

  func send(_ bytes: some Collection<UInt8>, within seconds: Double = Deadline.timeout) throws {
    let deadline = Deadline(within: seconds)
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      try wait(for: POLLOUT, until: deadline, "room to send \(rest.count) bytes")
      let sent = sendSome(rest)
      guard sent >= 0 else { throw HarnessError("send: errno \(errno)") }
      rest = rest.dropFirst(sent)
    }
  }

  /// Sends until the other side has made no room for `seconds`, or has ended the connection; the
  /// answer is the number of bytes that were sent.
  func sendUntilRefused(_ bytes: [UInt8], waiting seconds: Double = Deadline.timeout) -> Int {
    var total = 0
    while total < bytes.count,
      (try? wait(for: POLLOUT, until: Deadline(within: seconds), "room")) != nil
    {
      let sent = sendSome(bytes[total...])
      if sent < 0 { break }
      total += sent
    }
    return total
  }

  private func sendSome(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }

  /// Closes its sending side with FIN.
  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes with FIN.
  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Closes with RST.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Whether a chunked body has come to its end; nil without one.
  var hasWholeBody: Bool? { body?.isWhole }

  /// Takes what is unread, and what is received from now on, for a chunked body.
  func beginChunkedBody() throws {
    body = ChunkedBody()
    let received = unread
    unread = []
    try append(received)
  }

  /// The end of a response: what follows it is another.
  func endBody() { body = nil }

  /// The bytes of one `recv`, at most 64 KB; none at the other side's FIN.
  func receiveOnce(within seconds: Double = Deadline.timeout) throws -> [UInt8] {
    try receive(until: Deadline(within: seconds), "a byte")
  }

  /// The next byte, which stays unread; nil at the other side's FIN.
  func nextByte(within seconds: Double = Deadline.timeout) throws -> UInt8? {
    try wait(for: POLLIN, until: Deadline(within: seconds), "a byte")
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) == 1 ? byte : nil
  }

  /// All up to `marker`, and `marker` itself.
  func read(through marker: String, within seconds: Double = Deadline.timeout) throws -> String {
    let deadline = Deadline(within: seconds)
    let marker = Array(marker.utf8)
    while true {
      if let end = unread.firstRange(of: marker)?.upperBound { return take(end) }
      let bytes = try receive(
        until: deadline, "\(String(decoding: marker, as: UTF8.self).debugDescription)")
      guard !bytes.isEmpty else { throw HarnessError("the end came after \(text(unread))") }
      try append(bytes)
    }
  }

  func read(count: Int, within seconds: Double = Deadline.timeout) throws -> String {
    let deadline = Deadline(within: seconds)
    while unread.count < count {
      let bytes = try receive(until: deadline, "\(count) bytes")
      guard !bytes.isEmpty else { throw HarnessError("the end came after \(text(unread))") }
      try append(bytes)
    }
    return take(count)
  }

  /// The rest of a chunked body, up to its last chunk.
  func readWholeBody(within seconds: Double = Deadline.timeout) throws -> String {
    let deadline = Deadline(within: seconds)
    while hasWholeBody == false {
      let bytes = try receive(until: deadline, "the last chunk")
      guard !bytes.isEmpty else { throw HarnessError("no last chunk after \(text(unread))") }
      try append(bytes)
    }
    return take(unread.count)
  }

  /// All up to the other side's FIN; a reset is an error.
  func readToEnd(within seconds: Double = Deadline.timeout) throws -> String {
    let deadline = Deadline(within: seconds)
    while true {
      let bytes = try receive(until: deadline, "the end")
      if bytes.isEmpty { return take(unread.count) }
      try append(bytes)
    }
  }

  /// The way in which the connection ends, whatever is received before.
  func awaitEnd(within seconds: Double = Deadline.timeout) throws -> End {
    let deadline = Deadline(within: seconds)
    while true {
      try wait(for: POLLIN, until: deadline, "the end")
      switch receiveNow() {
      case 0: return .finished
      case -1 where errno == ECONNRESET || errno == EPIPE: return .reset
      default: continue
      }
    }
  }

  /// Takes what has been received, without waiting for more.
  func takeReceived() -> String {
    receiveAvailable()
    return take(unread.count)
  }

  /// Whether `marker` has been received, without waiting for more.
  func hasReceived(through marker: String) -> Bool {
    receiveAvailable()
    return unread.firstRange(of: Array(marker.utf8)) != nil
  }

  private func receiveAvailable() {
    while (try? wait(for: POLLIN, until: Deadline(within: -1), "")) != nil {
      let count = receiveNow()
      if count <= 0 { break }
      guard (try? append(scratch[..<count])) != nil else { break }
    }
  }

  private func append(_ bytes: some Sequence<UInt8>) throws {
    if body == nil { unread += bytes } else { unread += try body?.decode(bytes) ?? [] }
  }

  private var scratch = [UInt8](repeating: 0, count: 65_536)

  private func receiveNow() -> Int {
    let descriptor = descriptor
    return scratch.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
  }

  private func receive(until deadline: Deadline, _ what: String) throws -> [UInt8] {
    try wait(for: POLLIN, until: deadline, what)
    let count = receiveNow()
    guard count >= 0 else { throw HarnessError("recv: errno \(errno) after \(text(unread))") }
    return Array(scratch[..<count])
  }

  private func wait(for events: Int32, until deadline: Deadline, _ what: String) throws {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    guard poll(&entry, 1, deadline.milliseconds) > 0 else {
      throw HarnessError("awaited in vain: \(what); received: \(text(unread))")
    }
  }

  private func take(_ count: Int) -> String {
    defer { unread.removeFirst(count) }
    return String(decoding: unread[..<count], as: UTF8.self)
  }

  private func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.suffix(300), as: UTF8.self).debugDescription
  }
}
