// A thread of a load, which opens connections, reads from them and closes them. Some threads have a
// crowd that stays, some have passing connections, which leave after their first event.

import CLinux
import Glibc
import MeterModel

/// The connections of a thread.
enum BenchRole: Sendable {
  /// A crowd, which stays: the namespace of each connection, and whether it reads.
  case crowd(namespaces: ContiguousArray<UInt32>, slow: ContiguousArray<Bool>)

  /// Passing connections: their number at a time and per second, and the number of namespaces of
  /// which each takes a random one, or nil for the namespace of the round.
  case passers(places: Int, pace: Pace, namespaces: UInt32?, seed: UInt64)

  /// The number of the crowd's connections.
  var count: Int {
    switch self {
    case .crowd(let namespaces, _): namespaces.count
    case .passers: 0
    }
  }
}

/// One connection of a load; 32 bytes.
struct BenchConnection {
  enum State: UInt8 {
    /// No connection. Can become `connecting`, `waiting`.
    case closed
    /// The handshake is under way. Can become `waiting`, `closed`.
    case connecting
    /// The first event is awaited. Can become `open`, `closed`.
    case waiting
    /// A stream. Can become `closed`.
    case open
  }

  var descriptor: Int32 = -1
  var namespace: UInt32

  /// The time of the connect, in microseconds of the load's clock.
  var startedAt: UInt32 = 0

  /// The number of the last round whose message came.
  var round: UInt32 = 0
  var reader = StreamReader()
  var state = State.closed

  /// Whether the client reads nothing after its first event.
  var isSlow = false
}

/// The loop of one thread.
struct BenchWorker: ~Copyable {
  let index: Int
  let target: BenchTarget
  let control: BenchControl
  let leavesByClose: Bool

  /// The interval of reads from the crowd, at most 1 s; zero to read when bytes come.
  let pollInterval: Duration

  /// The number of connects at a time, and the number of connections so far.
  let window: Int
  var inFlight = 0
  var started: UInt64 = 0
  let pace: Pace
  let passes: Bool
  let crowdThreads: Int

  /// The number of namespaces for passing connections; nil for the namespace of the round.
  let choices: UInt32?
  var random: RandomSource

  var connections: ContiguousArray<BenchConnection>

  /// The free places for passing connections.
  var free: ContiguousArray<UInt32> = []
  var poller: Poller
  var turn = BenchTurn()
  private var hasDrained = false
  private var hasLeft = false
  var scratch = ContiguousArray<UInt8>(repeating: 0, count: 65_536)
  var request: ContiguousArray<UInt8> = []

  /// The key of the thread's own wakeup. The key of a connection is its place.
  private static let wakeupKey = UInt64.max

  init(
    index: Int, role: consuming BenchRole, target: BenchTarget, control: BenchControl,
    settings: BenchSettings, crowdThreads: Int
  ) throws(SystemError) {
    poller = try Poller(watching: [(control.threads[index].descriptor, Self.wakeupKey)])
    self.index = index
    self.target = target
    self.control = control
    self.crowdThreads = crowdThreads
    leavesByClose = settings.leavesByClose
    pollInterval = settings.pollInterval
    switch role {
    case .crowd(let namespaces, let slow):
      connections = []
      connections.reserveCapacity(namespaces.count)
      for (namespace, isSlow) in zip(namespaces, slow) {
        connections.append(BenchConnection(namespace: namespace, isSlow: isSlow))
      }
      window = Int(settings.window) / crowdThreads + 1
      pace = Pace(perSecond: settings.rate, thread: index, of: crowdThreads)
      passes = false
      choices = nil
      random = RandomSource(seed: 0)
    case .passers(let places, let pace, let namespaces, let seed):
      connections = ContiguousArray(repeating: BenchConnection(namespace: 0), count: places)
      free = ContiguousArray((0..<UInt32(places)).reversed())
      window = places
      self.pace = pace
      passes = true
      choices = namespaces
      random = RandomSource(seed: seed)
    }
  }

  /// Runs until the load has ended.
  mutating func run() {
    var isCaughtUp = true
    while true {
      var milliseconds: Int32 = -1
      let phase = control.phase
      switch phase {
      case .waiting: break
      case .connecting: if !passes { milliseconds = startCrowd() }
      case .holding:
        if passes, control.isPassing.load(ordering: .relaxed) { milliseconds = startPassers() }
        if !hasDrained, control.isDraining.load(ordering: .relaxed) { drain() }
      case .leaving: if !hasLeft { leave() }
      case .ended: return
      }
      control.add(turn, of: index)
      turn.clear()
      if phase == .holding, !passes, pollInterval > .zero {
        if isCaughtUp { usleep(UInt32(pollInterval.nanoseconds / 1000)) }
        milliseconds = 0
      }
      let count = poller.wait(milliseconds: milliseconds)
      isCaughtUp = count < poller.maximumEvents
      for place in 0..<count {
        let event = poller.event(at: place)
        if event.key == Self.wakeupKey {
          control.threads[index].clear()
        } else {
          ready(Int(event.key), event.seen)
        }
      }
    }
  }

  /// Handles an event of a connection.
  private mutating func ready(_ place: Int, _ seen: Readiness) {
    switch connections[place].state {
    case .closed: break
    case .connecting: finishConnecting(place)
    case .waiting: receive(place)
    case .open:
      if connections[place].isSlow, !hasDrained {
        end(place, BenchFault.closed)
      } else {
        receive(place)
      }
    }
  }

  /// Reads once. Bytes that are left make the descriptor ready again.
  private mutating func receive(_ place: Int) {
    let descriptor = connections[place].descriptor
    let result = systemCall("recv") {
      scratch.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    }
    let now = control.microseconds
    switch result {
    case .success(let count) where count > 0:
      let round = control.round.load(ordering: .acquiring)
      var reader = connections[place].reader
      let news = reader.read(scratch.span.extracting(first: count), round: round)
      connections[place].reader = reader
      note(news, place, round, now)
    case .success: end(place, BenchFault.closed)
    case .failure(let error): if !error.isWouldBlock { end(place, error.code) }
    }
  }

  /// Counts the events of a piece of a stream.
  private mutating func note(
    _ news: StreamReader.News, _ place: Int, _ round: UInt32, _ now: UInt64
  ) {
    turn.events += UInt64(news.events)
    if connections[place].state == .waiting {
      if news.events > 0 {
        opened(place, now)
      } else if connections[place].reader.isRefused {
        end(place, BenchFault.refused)
      }
    }
    if news.deliveries > 0, round > 0, connections[place].round != round, !passes,
      !connections[place].isSlow
    {
      connections[place].round = round
      turn.delivered += 1
      let start = control.triggered.load(ordering: .relaxed)
      turn.deliveries.append(UInt32(clamping: now - min(now, start)))
    }
  }

  /// Handles the first event of a connection.
  private mutating func opened(_ place: Int, _ now: UInt64) {
    inFlight -= 1
    turn.firstEvents.append(UInt32(truncatingIfNeeded: now) &- connections[place].startedAt)
    connections[place].state = .open
    if passes {
      turn.passed += 1
      close(place)
      free.append(UInt32(place))
      return
    }
    turn.connected += 1
    if connections[place].isSlow {
      let gone = Readiness(rawValue: EPOLLRDHUP.rawValue)
      poller.change(connections[place].descriptor, gone, key: UInt64(place))
    }
  }

  /// Handles the failure or the end of a connection.
  mutating func end(_ place: Int, _ fault: Int32) {
    let connection = connections[place]
    close(place)
    let isEarly = connection.state != .open
    if isEarly { inFlight -= 1 }
    // The end of a connection that reads nothing (`isSlow`) is no error.
    if isEarly || !connection.isSlow {
      control.note(isEarly && fault == BenchFault.closed ? BenchFault.closedEarly : fault)
    }
    if passes {
      turn.failedToPass += 1
      free.append(UInt32(place))
      return
    }
    if isEarly {
      turn.failed += 1
    } else if connection.isSlow {
      turn.slowClosed += 1
    } else {
      turn.closed += 1
    }
    if !connection.isSlow { control.lose(in: connection.namespace) }
  }

  /// Closes a connection's socket.
  mutating func close(_ place: Int) {
    let descriptor = connections[place].descriptor
    connections[place].state = .closed
    connections[place].descriptor = -1
    guard descriptor >= 0 else { return }
    if !leavesByClose {
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
    _ = Glibc.close(descriptor)
  }

  /// Reads from the slow connections: the end of a stream arrives after the bytes before it.
  private mutating func drain() {
    hasDrained = true
    for place in connections.indices
    where connections[place].isSlow && connections[place].state == .open {
      poller.change(connections[place].descriptor, .readable, key: UInt64(place))
    }
  }

  /// Closes everything.
  private mutating func leave() {
    hasLeft = true
    for place in connections.indices where connections[place].state != .closed {
      if connections[place].state == .open, !passes { turn.left += 1 }
      close(place)
    }
    control.add(turn, of: index)
    turn.clear()
    control.noteLeaver()
  }
}
