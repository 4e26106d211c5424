// Newcomers. A limit or an error concerns the newcomer alone.

import CLinux
import Glibc
import MeterModel

extension Reactor {
  /// How many are accepted before others have their turn.
  private static var acceptBatch: Int { 64 }

  mutating func accept(from listener: Listener) {
    for _ in 0..<Self.acceptBatch {
      let accepted = systemCall("accept4") {
        accept4(
          listener.descriptor, nil, nil,
          Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      }
      switch accepted {
      case .success(let descriptor): welcome(descriptor, at: listener.port)
      case .failure(let error):
        if error.isExhaustion { pauseAccepting(at: listener.port) }
        return
      }
    }
  }

  private mutating func welcome(_ descriptor: Int32, at port: Port) {
    let budget = budgets[port]
    if !budget.take(), !makeRoom(at: port) {
      context.exhaustionNotice.note(at: now)
      budget.giveBack()
      Glibc.close(descriptor)
      return
    }
    let slot = table.add(descriptor: descriptor, port: port)
    table[slot].state = .conversing
    context.console.debug("reactor \(index): socket \(slot) opened, \(port.title)")
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

  /// Closes a connection for a newcomer. The limit is shared, and those that could go may all be another
  /// reactor's: so a reactor that has none of them goes over the limit by one.
  private mutating func makeRoom(at port: Port) -> Bool {
    if evictOldest(at: budgets[port]) { return true }
    if isOverLimit || dialogues.count > 0 { return false }
    isOverLimit = true
    return true
  }

  func key(of handle: ConnectionHandle) -> UInt64 {
    UInt64(handle.generation) << 32 | UInt64(handle.slot)
  }

  /// No descriptor is left: a level-triggered listener would be ready again at once, and for nothing.
  private mutating func pauseAccepting(at port: Port) {
    context.exhaustionNotice.note(at: now)
    if evictOldest(at: budgets[port]) { return }
    acceptsAgainAt = now + .milliseconds(50)
    watchListeners([])
  }

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

  func close(_ listener: Listener) {
    Glibc.close(listener.descriptor)
  }
}
