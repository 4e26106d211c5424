// What the threads of a load and the one that leads them share: the phase, the round, and counters that are
// added to once a turn of a thread's loop, never once an event.

import Glibc
import MeterModel
import Synchronization

/// What the threads are to do.
enum BenchPhase: UInt8 {
  /// Can become `connecting`.
  case waiting
  /// Open the crowd. Can become `holding`.
  case connecting
  /// Read what comes. Can become `leaving`.
  case holding
  /// Close everything. Can become `ended`.
  case leaving
  /// Return.
  case ended
}

/// What one thread has measured since it was last asked.
final class BenchTally: Sendable {
  let firstEvents = Mutex(LatencyHistogram())
  let deliveries = Mutex(LatencyHistogram())
}

/// Whether a thread got a table of descriptors of its own.
enum BenchTable {
  case own
  case shared
}

/// What a thread did in a turn of its loop.
struct BenchTurn {
  var connected: UInt64 = 0
  var failed: UInt64 = 0
  var passed: UInt64 = 0
  var failedToPass: UInt64 = 0
  var events: UInt64 = 0
  var delivered: UInt64 = 0
  var closed: UInt64 = 0
  var slowClosed: UInt64 = 0
  var left: UInt64 = 0
  var firstEvents: ContiguousArray<UInt32> = []
  var deliveries: ContiguousArray<UInt32> = []

  /// Forgets everything but the room.
  mutating func clear() {
    var fresh = BenchTurn()
    swap(&fresh.firstEvents, &firstEvents)
    swap(&fresh.deliveries, &deliveries)
    fresh.firstEvents.removeAll(keepingCapacity: true)
    fresh.deliveries.removeAll(keepingCapacity: true)
    self = fresh
  }
}

/// The shared state of a load.
final class BenchControl: Sendable {
  /// Time starts here.
  let clock = Clock()
  private let phaseNumber = Atomic<UInt8>(BenchPhase.waiting.rawValue)

  /// Others come and leave.
  let isPassing = Atomic<Bool>(false)

  /// Those who did not read now do, to see how far their streams go.
  let isDraining = Atomic<Bool>(false)

  /// When the crowd or those who pass began to come, in microseconds.
  let began = Atomic<UInt64>(0)

  /// The round that runs, 1 and up; and when it was triggered, in microseconds.
  let round = Atomic<UInt32>(0)
  let triggered = Atomic<UInt64>(0)

  /// The namespace that is told something; newcomers go there.
  let target = Atomic<UInt32>(0)

  let connected = Atomic<UInt64>(0)
  let failed = Atomic<UInt64>(0)
  let passed = Atomic<UInt64>(0)
  let failedToPass = Atomic<UInt64>(0)
  let events = Atomic<UInt64>(0)
  let delivered = Atomic<UInt64>(0)
  let closed = Atomic<UInt64>(0)
  let slowClosed = Atomic<UInt64>(0)
  let left = Atomic<UInt64>(0)

  private let reporters = Atomic<Int>(0)
  private let sharers = Atomic<Int>(0)
  private let leavers = Atomic<Int>(0)

  /// The leader is woken when `connected` and `failed`, or `delivered`, have reached this.
  let goal = Atomic<UInt64>(.max)
  let leader: Wakeup
  let threads: [Wakeup]
  let tallies: [BenchTally]

  /// Connections that a namespace has lost since the plan was made: those that failed or were closed.
  let losses = Mutex<[UInt32: UInt64]>([:])

  /// How often what went wrong, by errno or `BenchFault`.
  let faults = Mutex<[Int32: UInt64]>([:])

  init(threads: Int) throws(SystemError) {
    leader = try Wakeup()
    var wakeups: [Wakeup] = []
    for _ in 0..<threads { wakeups.append(try Wakeup()) }
    self.threads = wakeups
    tallies = wakeups.map { _ in BenchTally() }
  }

  /// Microseconds since the start.
  var microseconds: UInt64 { clock.now.nanoseconds / 1000 }

  var phase: BenchPhase {
    BenchPhase(rawValue: phaseNumber.load(ordering: .acquiring)) ?? .ended
  }

  /// Begins a phase, and wakes everybody.
  func begin(_ phase: BenchPhase) {
    phaseNumber.store(phase.rawValue, ordering: .releasing)
    wakeAll()
  }

  func wakeAll() {
    for thread in threads { thread.wake() }
  }

  /// Adds what a thread did in a turn, and wakes the leader if that was what it waits for.
  func add(_ turn: BenchTurn, of thread: Int) {
    var reached: UInt64 = 0
    if !turn.firstEvents.isEmpty {
      tallies[thread].firstEvents.withLock { $0.add(turn.firstEvents) }
    }
    if !turn.deliveries.isEmpty {
      tallies[thread].deliveries.withLock { $0.add(turn.deliveries) }
    }
    if turn.events > 0 { events.add(turn.events, ordering: .relaxed) }
    if turn.connected + turn.failed > 0 {
      let connected = connected.add(turn.connected, ordering: .sequentiallyConsistent).newValue
      reached = connected + failed.add(turn.failed, ordering: .sequentiallyConsistent).newValue
    }
    if turn.delivered > 0 {
      reached = delivered.add(turn.delivered, ordering: .releasing).newValue
    }
    if turn.left > 0 { left.add(turn.left, ordering: .relaxed) }
    if turn.passed > 0 { passed.add(turn.passed, ordering: .relaxed) }
    if turn.failedToPass > 0 { failedToPass.add(turn.failedToPass, ordering: .relaxed) }
    if turn.closed > 0 { closed.add(turn.closed, ordering: .relaxed) }
    if turn.slowClosed > 0 { slowClosed.add(turn.slowClosed, ordering: .relaxed) }
    if reached >= goal.load(ordering: .relaxed) { leader.wake() }
  }

  /// Connections of the crowd that have got their first event or failed.
  var settled: UInt64 {
    connected.load(ordering: .relaxed) + failed.load(ordering: .relaxed)
  }

  /// Whether every thread has closed all that it had.
  var allHaveLeft: Bool { leavers.load(ordering: .acquiring) == threads.count }

  /// A thread could not begin with so many connections of the crowd.
  func abandon(_ connections: Int, _ code: Int32) {
    note(code)
    failed.add(UInt64(connections), ordering: .relaxed)
    noteLeaver()
  }

  /// A thread has closed all that it had.
  func noteLeaver() {
    leavers.add(1, ordering: .releasing)
    leader.wake()
  }

  /// A thread has begun, with or without a table of its own.
  func report(_ table: BenchTable) {
    if table == .shared { sharers.add(1, ordering: .relaxed) }
    reporters.add(1, ordering: .releasing)
    leader.wake()
  }

  /// Whether any thread that has begun has no table of its own.
  var hasSharedTable: Bool { sharers.load(ordering: .relaxed) > 0 }

  /// Waits until so many threads have begun.
  func awaitReports(_ count: Int) {
    while reporters.load(ordering: .acquiring) < count {
      var entry = pollfd(fd: leader.descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, 100) > 0 { leader.clear() }
    }
  }

  /// Counts something that went wrong.
  func note(_ fault: Int32) {
    faults.withLock { $0[fault, default: 0] += 1 }
  }

  /// Counts a connection that a namespace has no more.
  func lose(in namespace: UInt32) {
    losses.withLock { $0[namespace, default: 0] += 1 }
  }
}

/// What can go wrong beside system calls; no errno is negative.
enum BenchFault {
  static let refused: Int32 = -1
  static let closedEarly: Int32 = -2
  static let closed: Int32 = -3
  static let trigger: Int32 = -4

  /// What a fault or errno is called, with what to do about it where that is known.
  static func describe(_ fault: Int32) -> String {
    switch fault {
    case refused: return "answered with something else than 200"
    case closedEarly: return "closed by the server before the first event"
    case closed: return "closed by the server"
    case trigger: return "triggers that failed"
    default: break
    }
    let text = SystemError(code: fault).description
    return advice(fault).map { "\(text) (\($0))" } ?? text
  }

  private static func advice(_ code: Int32) -> String? {
    switch code {
    case EADDRNOTAVAIL: "too few ports: raise net.ipv4.ip_local_port_range"
    case EMFILE: "too few descriptors: raise the hard limit, ulimit -Hn"
    case ENFILE: "too few open files: raise fs.file-max"
    case ENOBUFS, ENOMEM: "too little memory: raise net.ipv4.tcp_mem"
    case ENOSPC: "too few watches: raise fs.epoll.max_user_watches"
    default: nil
    }
  }
}
