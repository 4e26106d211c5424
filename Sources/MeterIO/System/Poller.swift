// Level-triggered epoll. What comes back with an event is a 64-bit key that its owner chose.

import CLinux
import Glibc

/// What a descriptor is watched for, and what was seen on it.
struct Readiness: OptionSet, Sendable {
  let rawValue: UInt32

  static let readable = Readiness(rawValue: EPOLLIN.rawValue)
  static let writable = Readiness(rawValue: EPOLLOUT.rawValue)

  /// Seen once when it comes to be so, and not for as long as it is.
  static let edge = Readiness(rawValue: EPOLLET.rawValue)

  /// The connection was reset, or both sides have ended it; always watched for.
  static let bothEnded = Readiness(rawValue: EPOLLHUP.rawValue)

  /// The connection is broken; always watched for.
  static let broken = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// A set of watched descriptors.
struct Poller: ~Copyable {
  private let epoll: Descriptor
  private var events: ContiguousArray<epoll_event>

  /// A set that watches some descriptors for reading, and perhaps a mailbox's, which is seen once for each
  /// time that it is written and so need not be read.
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

  var descriptor: Int32 { epoll.number }

  /// How many events one wait finds at most.
  var mostEvents: Int { events.count }

  /// Watches a descriptor; `ENOSPC` and `ENOMEM` are the errors that a caller may see.
  func add(_ descriptor: Int32, _ readiness: Readiness, key: UInt64) throws(SystemError) {
    try Self.control(epoll.number, EPOLL_CTL_ADD, descriptor, readiness, key)
  }

  /// Changes what a watched descriptor is watched for.
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

  /// Waits for events, at most `milliseconds` (-1: for ever); the answer is how many `event(at:)` has.
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

  /// One of the events that the last wait found.
  func event(at index: Int) -> (key: UInt64, seen: Readiness) {
    (events[index].data.u64, Readiness(rawValue: events[index].events))
  }
}
