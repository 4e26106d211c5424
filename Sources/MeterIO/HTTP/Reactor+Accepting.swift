// Connections are accepted. A limit or an error closes only the new connection.

import CLinux
import Glibc
import MeterModel

extension Reactor {
  /// The number of connections that are accepted before other sockets have their turn.
  private static var maximumAccepts: Int { 64 }

  /// Accepts the connections that wait at a listener.
  mutating func accept(from listener: PortListener) {
    for _ in 0..<Self.maximumAccepts {
      let accepted = systemCall("accept4") {
        accept4(
          listener.descriptor, nil, nil,
          Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      }
      switch accepted {
      case .success(let descriptor): add(descriptor, at: listener.port)
      case .failure(let error):
        if error.isExhaustion { pauseAccepting(at: listener.port) }
        return
      }
    }
  }

  private mutating func add(_ descriptor: Int32, at port: Port) {
    let budget = budgets[port]
    if !budget.take(), !makeRoom(at: port) {
      context.exhaustionNotice.note(at: now)
      budget.giveBack()
      Glibc.close(descriptor)
      return
    }
    let slot = table.add(descriptor: descriptor, port: port)
    table[slot].state = .http
    context.console.debug("reactor \(index): socket \(slot) opened, \(port.definition.title)")
    do throws(SystemError) {
      let handle = table.handle(slot)
      try poller.add(descriptor, .readable, key: key(of: handle))
    } catch {
      context.exhaustionNotice.note(at: now)
      budget.giveBack()
      table.remove(slot)
      return
    }
    begin(slot)
  }

  /// Closes a connection for a new one. The limit is shared, and the connections that could be
  /// closed may all be on another reactor: a reactor without any goes over the limit by one.
  private mutating func makeRoom(at port: Port) -> Bool {
    if evictOldest(at: budgets[port]) { return true }
    if isOverLimit || connections.count > 0 { return false }
    isOverLimit = true
    return true
  }

  /// The poller's key of a connection.
  func key(of handle: ConnectionHandle) -> UInt64 {
    UInt64(handle.generation) << 32 | UInt64(handle.slot)
  }

  /// Stops accepting for a moment when no descriptor is left: a level-triggered listener would be
  /// ready again at once.
  private mutating func pauseAccepting(at port: Port) {
    context.exhaustionNotice.note(at: now)
    if evictOldest(at: budgets[port]) { return }
    acceptsAgainAt = now + .milliseconds(50)
    watchListeners([])
  }

  /// Accepts connections again after a pause.
  mutating func acceptAgain() {
    acceptsAgainAt = nil
    watchListeners(.readable)
  }

  private mutating func watchListeners(_ readiness: Readiness) {
    for (position, listener) in listeners.enumerated() {
      let key = Self.firstListenerKey + UInt64(position)
      poller.change(listener.descriptor, readiness, key: key)
    }
  }

  func close(_ listener: PortListener) {
    Glibc.close(listener.descriptor)
  }
}
