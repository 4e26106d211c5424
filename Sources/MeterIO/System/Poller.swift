// Level-triggered epoll. Each event carries a 64-bit key that the caller chose.

import CLinux
import Glibc
import MeterModel

/// The conditions for which a descriptor is watched, or that an event reports.
struct Readiness: OptionSet, Sendable {
  /// Bits of `EPOLLIN` and so on.
  let rawValue: UInt32

  /// Bytes, or the peer's end, can be read.
  static let readable = Readiness(rawValue: EPOLLIN.rawValue)
  /// Bytes can be sent.
  static let writable = Readiness(rawValue: EPOLLOUT.rawValue)

  /// The event is reported once when the condition begins, not for as long as it holds.
  static let edge = Readiness(rawValue: EPOLLET.rawValue)

  /// The connection was reset, or both sides have closed it; always reported.
  static let bothEnded = Readiness(rawValue: EPOLLHUP.rawValue)

  /// The connection is broken; always reported.
  static let broken = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// A set of watched descriptors.
struct Poller: ~Copyable {
  private let epoll: Descriptor
  private var events: ContiguousArray<epoll_event>

  /// A poller that watches some descriptors for reading, and perhaps a mailbox's descriptor. The
  /// mailbox's events are edge-triggered: one for each write, so that its descriptor need not be
  /// read.
  init(
    mailbox: (descriptor: Int32, key: UInt64)? = nil,
    watching sources: [(descriptor: Int32, key: UInt64)] = []
  ) throws(SystemError) {
    let epoll = Descriptor(
      owning: try systemCall("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }.get())
    if let mailbox {
      try Self.control(
        epoll.number, EPOLL_CTL_ADD, mailbox.descriptor, [.readable, .edge], mailbox.key)
    }
    for source in sources {
      try Self.control(epoll.number, EPOLL_CTL_ADD, source.descriptor, .readable, source.key)
    }
    self.epoll = epoll
    events = ContiguousArray(repeating: epoll_event(), count: 512)
  }

  /// The descriptor of the epoll instance.
  var descriptor: Int32 { epoll.number }

  /// The largest number of events of one wait.
  var maximumEvents: Int { events.count }

  /// Watches a descriptor. The possible errors are `ENOSPC` and `ENOMEM`.
  func add(_ descriptor: Int32, _ readiness: Readiness, key: UInt64) throws(SystemError) {
    try Self.control(epoll.number, EPOLL_CTL_ADD, descriptor, readiness, key)
  }

  /// Changes the conditions for which a watched descriptor is watched.
  func change(_ descriptor: Int32, _ readiness: Readiness, key: UInt64) {
    do throws(SystemError) {
      try Self.control(epoll.number, EPOLL_CTL_MOD, descriptor, readiness, key)
    } catch {
      fatalError("epoll_ctl: \(error.description)")
    }
  }

  private static func control(
    _ epoll: Int32, _ operation: Int32, _ descriptor: Int32, _ readiness: Readiness,
    _ key: UInt64
  ) throws(SystemError) {
    var event = epoll_event()
    event.events = readiness.rawValue
    event.data.u64 = key
    _ = try systemCall("epoll_ctl") {
      epoll_ctl(epoll, operation, descriptor, &event)
    }.get()
  }

  /// Waits for events, at most `milliseconds` (-1: without limit). Returns the number of events
  /// that `event(at:)` has.
  mutating func wait(milliseconds: Int32) -> Int {
    let count = events.withUnsafeMutableBufferPointer { buffer in
      epoll_wait(epoll.number, buffer.baseAddress, Int32(buffer.count), milliseconds)
    }
    if count >= 0 { return Int(count) }
    guard errno == EINTR else {
      fatalError("epoll_wait: \(SystemError(code: errno).description)")
    }
    return 0
  }

  /// An event of the last wait: its key, and what holds. Precondition: `index` is below the number
  /// that `wait` returned.
  func event(at index: Int) -> (key: UInt64, seen: Readiness) {
    (events[index].data.u64, Readiness(rawValue: events[index].events))
  }

  /// The argument of `wait` for a deadline: the milliseconds until then, rounded up; 0 for a
  /// deadline that has passed, and -1 for none (`Instant.never`). Reads the clock only where there
  /// is a deadline.
  static func milliseconds(until deadline: Instant, by clock: Clock) -> Int32 {
    guard deadline < .never else { return -1 }
    let now = clock.now
    guard deadline > now else { return 0 }
    return Int32(clamping: ((deadline - now).nanoseconds + 999_999) / 1_000_000)
  }
}
