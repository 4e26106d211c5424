// The state that the threads of a load and their leader share: the phase, the round, and counters,
// to which a thread adds once in a turn of its loop and not for each event.

import Glibc
import MeterModel
import Synchronization

/// The phase of a load.
enum BenchPhase: UInt8 {
  /// The threads wait. Can become `connecting`.
  case waiting
  /// The threads open the crowd. Can become `holding`.
  case connecting
  /// The threads read from the crowd. Can become `leaving`.
  case holding
  /// The threads close everything. Can become `ended`.
  case leaving
  /// The threads return.
  case ended
}

/// The measurements of one thread since the last request for them.
final class BenchTally: Sendable {
  let firstEvents = Mutex(LatencyHistogram())
  let deliveries = Mutex(LatencyHistogram())
}

/// Whether a thread got a descriptor table of its own.
enum BenchTable {
  case own
  case shared
}

/// The counts of one turn of a thread's loop.
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

  /// Sets everything to zero, and keeps the storage.
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
  /// The start of the load's time.
  let clock = Clock()
  private let phaseNumber = Atomic<UInt8>(BenchPhase.waiting.rawValue)

  /// Whether passing connections are opened.
  let isPassing = Atomic<Bool>(false)

  /// Whether slow connections are read, to find the ends of their streams.
  let isDraining = Atomic<Bool>(false)

  /// The time at which the crowd or the passing connections began, in microseconds.
  let began = Atomic<UInt64>(0)

  /// The number of the round, from 1 on, and the time of its trigger, in microseconds.
  let round = Atomic<UInt32>(0)
  let triggered = Atomic<UInt64>(0)

  /// The namespace of the round, to which passing connections go.
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

  /// The sum of `connected` and `failed`, or the number of `delivered`, at which the leader is
  /// woken.
  let goal = Atomic<UInt64>(.max)
  let leader: Wakeup
  let threads: [Wakeup]
  let tallies: [BenchTally]

  /// By namespace, the number of connections that failed or were closed.
  let losses = Mutex<[UInt32: UInt64]>([:])

  /// The number of errors by errno or `BenchFault`.
  let faults = Mutex<[Int32: UInt64]>([:])

  init(threads: Int) throws(SystemError) {
    leader = try Wakeup()
    var wakeups: [Wakeup] = []
    for _ in 0..<threads { wakeups.append(try Wakeup()) }
    self.threads = wakeups
    tallies = wakeups.map { _ in BenchTally() }
  }

  /// The time since the start, in microseconds.
  var microseconds: UInt64 { clock.now.nanoseconds / 1000 }

  var phase: BenchPhase {
    BenchPhase(rawValue: phaseNumber.load(ordering: .acquiring)) ?? .ended
  }

  /// Begins a phase, and wakes all threads.
  func begin(_ phase: BenchPhase) {
    phaseNumber.store(phase.rawValue, ordering: .releasing)
    wakeAll()
  }

  func wakeAll() {
    for thread in threads { thread.wake() }
  }

  /// Adds the counts of a thread's turn, and wakes the leader if its goal is reached.
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

  /// The number of connections of the crowd that have got their first event or failed.
  var settled: UInt64 {
    connected.load(ordering: .relaxed) + failed.load(ordering: .relaxed)
  }

  /// Whether all threads have closed their connections.
  var allHaveLeft: Bool { leavers.load(ordering: .acquiring) == threads.count }

  /// Counts the connections of a thread that could not start.
  func abandon(_ connections: Int, _ code: Int32) {
    note(code)
    failed.add(UInt64(connections), ordering: .relaxed)
    noteLeaver()
  }

  /// Notes that a thread has closed its connections.
  func noteLeaver() {
    leavers.add(1, ordering: .releasing)
    leader.wake()
  }

  /// Notes that a thread has started, with or without a descriptor table of its own.
  func report(_ table: BenchTable) {
    if table == .shared { sharers.add(1, ordering: .relaxed) }
    reporters.add(1, ordering: .releasing)
    leader.wake()
  }

  /// Whether a thread that has started has no table of its own.
  var hasSharedTable: Bool { sharers.load(ordering: .relaxed) > 0 }

  /// Waits until `count` threads have started.
  func awaitReports(_ count: Int) {
    while reporters.load(ordering: .acquiring) < count {
      var entry = pollfd(fd: leader.descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, 100) > 0 { leader.clear() }
    }
  }

  /// Counts an error.
  func note(_ fault: Int32) {
    faults.withLock { $0[fault, default: 0] += 1 }
  }

  /// Counts a connection that a namespace has lost.
  func lose(in namespace: UInt32) {
    losses.withLock { $0[namespace, default: 0] += 1 }
  }
}

/// Errors that are no system call's. Their codes are negative, as no errno is.
enum BenchFault {
  static let refused: Int32 = -1
  static let closedEarly: Int32 = -2
  static let closed: Int32 = -3
  static let trigger: Int32 = -4

  /// The text for a fault or errno, with a remedy where one is known.
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
