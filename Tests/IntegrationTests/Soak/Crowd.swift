import CLinux
import Glibc

/// Many clients in one thread, which open streams, read all that comes, and go in each possible
/// way.
final class Crowd {
  /// The stream of one client.
  private struct Client {
    let socket: Int32
    let namespace: Int

    /// The last bytes that it received.
    var tail: [UInt8] = []

    /// Whether it has closed its sending side and waits for the end by the daemon.
    var hasFinished = false
  }

  private var clients: [Client] = []
  private var generator: SeededGenerator
  private let namespaces: Int
  private let port: UInt16
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// The number of streams that the daemon ended without a reason.
  private(set) var unexpectedEnds = 0
  private(set) var opened = 0

  init(seed: UInt64, namespaces: Int, port: UInt16) {
    generator = SeededGenerator(seed: seed)
    self.namespaces = namespaces
    self.port = port
  }

  deinit { closeAll() }

  var openCount: Int { clients.count { !$0.hasFinished } }
  var isAwaitingEnds: Bool { clients.contains { $0.hasFinished } }

  /// The number of open streams in each namespace that has one.
  var openByNamespace: [String: UInt64] {
    Dictionary(
      clients.filter { !$0.hasFinished }.map { ("n\($0.namespace)", 1) }, uniquingKeysWith: +)
  }

  func openOne() throws {
    let namespace = Int.random(in: 0..<namespaces, using: &generator)
    let socket = try Loopback.v4.connect(to: port)
    clients.append(Client(socket: socket, namespace: namespace))
    opened += 1
    send("GET /n\(namespace) HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n", on: socket)
  }

  /// Lets a random client go in a random way, perhaps before its greeting.
  func closeOne() {
    guard !clients.isEmpty else { return }
    let index = Int.random(in: clients.indices, using: &generator)
    guard !clients[index].hasFinished else { return }
    switch Int.random(in: 0..<4, using: &generator) {
    case 0:
      shutdown(clients[index].socket, Int32(SHUT_WR))
      clients[index].hasFinished = true
    case 1:
      var option = linger(l_onoff: 1, l_linger: 0)
      let size = socklen_t(MemoryLayout<linger>.size)
      setsockopt(clients[index].socket, SOL_SOCKET, SO_LINGER, &option, size)
      remove(index)
    default: remove(index)
    }
  }

  /// Opens and closes streams at random, around `target` of them.
  func churn(around target: Int) throws {
    for _ in 0..<Int.random(in: 1...64, using: &generator) {
      let isFull = Int.random(in: 0..<target * 2, using: &generator) < openCount
      if isFull { closeOne() } else { try openOne() }
    }
  }

  /// Reads what was received, and waits at most `milliseconds` for something.
  func read(waiting milliseconds: Int32) {
    var entries = clients.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
    guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return }
    for index in entries.indices.reversed() where entries[index].revents != 0 {
      let count = recv(clients[index].socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        clients[index].tail = Array((clients[index].tail + buffer[..<count]).suffix(100))
      } else if count == 0 || errno != EAGAIN {
        if !clients[index].hasFinished { unexpectedEnds += 1 }
        remove(index)
      }
    }
  }

  /// The number of streams whose last count is not that of their namespace.
  func misinformed(_ members: [String: UInt64]) -> Int {
    clients.count { client in
      let text = String(decoding: client.tail, as: UTF8.self)
      let count = members["n\(client.namespace)"] ?? 0
      return !client.hasFinished && !text.hasSuffix("data: \(count)\n\n\r\n")
    }
  }

  func closeAll() {
    for index in clients.indices.reversed() { remove(index) }
  }

  private func remove(_ index: Int) {
    close(clients[index].socket)
    clients.swapAt(index, clients.count - 1)
    clients.removeLast()
  }

  private func send(_ text: String, on socket: Int32) {
    var text = text
    text.withUTF8 { _ = Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
}
