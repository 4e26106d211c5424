// A load from its settings to its figures: the settings are checked, the threads are started, the
// phases follow one another, and everything ends, also after an error.

import Glibc
import MeterModel

/// A load generator for servers of event streams.
package enum Bench {
  /// Runs a load. `log` gets lines for the user during the load; `progress` is called some ten
  /// times a second. SIGINT and SIGTERM end the load early, with the figures so far.
  package static func run(
    _ settings: BenchSettings, log: (String) -> Void, progress: @escaping (BenchProgress) -> Void
  ) throws(BenchError) -> BenchFigures {
    var run = try BenchRun(settings, log: log, progress: progress)
    return try run.run(log: log)
  }
}

/// The properties of a load that are fixed before its threads start.
struct BenchPreparation {
  let settings: BenchSettings
  let sizes: NamespaceSizes
  let plan: BenchPlan
  let target: BenchTarget
  let trigger: TriggerTemplate?
  let triggerAddress: SocketAddress?
  let server: ServerProcess?

  /// The limit of descriptors of one table.
  let tableLimit: Int

  /// The number of threads for passing connections, and the number of passing connections that one
  /// thread has open at the same time.
  let passerThreads: Int
  let passerPlaces: Int

  init(_ settings: BenchSettings, log: (String) -> Void) throws(BenchError) {
    self.settings = settings
    guard let sizes = settings.sizes else {
      throw BenchError(
        "--largest must be at most --connections, and leave a namespace for the rest of them",
        isUsage: true)
    }
    self.sizes = sizes
    tableLimit = raiseDescriptorLimit()
    let limits = KernelLimits.read()
    let isChurn = settings.mode == .churn
    passerThreads =
      isChurn
      ? max(1, Int(settings.threads)) : Self.tells(settings) && settings.newcomers > 0 ? 1 : 0
    let places = isChurn ? Int(settings.window) / passerThreads + 1 : 256
    passerPlaces = min(places, BenchPlan.room(tableLimit: tableLimit))
    let plan = BenchPlan(
      connections: Int(settings.crowd), tableLimit: tableLimit, ports: limits.ports,
      threads: isChurn ? 1 : Int(settings.threads))
    guard let plan else {
      throw BenchError(
        "\(settings.crowd) connections need more than \(BenchPlan.maximumThreads) threads with"
          + " \(tableLimit) descriptors each: raise the hard limit, ulimit -Hn")
    }
    self.plan = plan
    var target = try BenchTarget(settings)
    if target.hasManySources {
      // A closed connection keeps its port for a while, so passing connections need additional
      // ports.
      try target.connect(fromAddresses: isChurn ? max(plan.sources, 16) : plan.sources)
    } else if settings.crowd > BenchPlan.connectionsOfOneSource(ports: limits.ports) {
      throw BenchError(
        "\(settings.crowd) connections are more than one address has ports for, and only "
          + "127.0.0.0/8 has more addresses to come from: use --host 127.0.0.1, or raise"
          + " net.ipv4.ip_local_port_range")
    }
    self.target = target
    if target.isLocal {
      if let refusal = limits.refusal(connections: UInt64(settings.crowd)) {
        throw BenchError(refusal)
      }
      limits.warnings(connections: UInt64(settings.crowd)).forEach(log)
    }
    (trigger, triggerAddress) = try Self.trigger(settings)
    server = try settings.serverPID.map { pid throws(BenchError) in
      guard let server = ServerProcess(pid: pid) else {
        throw BenchError("--server-pid: no process \(pid) that can be looked at")
      }
      return server
    }
  }

  /// Whether the mode has rounds, in which the server sends something to the crowd.
  static func tells(_ settings: BenchSettings) -> Bool {
    settings.mode == .fanout || settings.mode == .slow
  }

  private static func trigger(
    _ settings: BenchSettings
  ) throws(BenchError) -> (TriggerTemplate?, SocketAddress?) {
    guard tells(settings) else { return (nil, nil) }
    let host = settings.host ?? "127.0.0.1"
    let name = host.contains(":") ? "[\(host)]" : host
    guard
      let trigger = settings.trigger
        ?? TriggerTemplate("http://\(name):2442/{namespace}/bench/{round}")
    else { throw BenchError("--trigger is needed for this host", isUsage: true) }
    let address = try BenchTarget.resolve(
      trigger.host, trigger.port, "--trigger", settings.isRemote && settings.isRemoteMeant)
    return (trigger, address)
  }

  /// Connects once to each address that the load needs, so that an error comes before the load
  /// begins.
  func probe() throws(BenchError) {
    try Self.probe(target.address, "no server", settings.timeout)
    if let triggerAddress {
      try Self.probe(triggerAddress, "no port that takes triggers", settings.timeout)
    }
  }

  private static func probe(
    _ address: SocketAddress, _ what: String, _ timeout: Duration
  ) throws(BenchError) {
    do throws(SystemError) {
      _ = try BlockingClient(address, timeout: min(timeout, .seconds(5)))
    } catch {
      throw BenchError("\(what) at \(address.description): \(error.description)")
    }
  }

  /// The roles of the threads. The crowd's connections, and the slow ones among them, are
  /// distributed one by one.
  func roles() -> (roles: [BenchRole], slow: ContiguousArray<UInt64>) {
    let order = sizes.order(seed: settings.seed)
    var chance = RandomSource(seed: settings.seed).fork("slow")
    var namespaces = [ContiguousArray<UInt32>](repeating: [], count: plan.threads)
    var slow = [ContiguousArray<Bool>](repeating: [], count: plan.threads)
    var slowInNamespace = ContiguousArray<UInt64>(repeating: 0, count: sizes.sizes.count)
    for (number, namespace) in order.enumerated() {
      let isSlow = settings.mode == .slow && chance.chance(UInt64(settings.slowPercent), in: 100)
      namespaces[number % plan.threads].append(namespace)
      slow[number % plan.threads].append(isSlow)
      if isSlow { slowInNamespace[Int(namespace)] += 1 }
    }
    var roles = zip(namespaces, slow).map { BenchRole.crowd(namespaces: $0, slow: $1) }
    for thread in 0..<passerThreads {
      let isChurn = settings.mode == .churn
      let pace = Pace(
        perSecond: isChurn ? settings.rate : settings.newcomers, thread: thread, of: passerThreads)
      roles.append(
        .passers(
          places: passerPlaces, pace: pace, namespaces: isChurn ? settings.namespaces : nil,
          seed: settings.seed &+ UInt64(thread)))
    }
    return (roles, slowInNamespace)
  }
}

/// The threads of a load.
struct BenchThreads {
  let control: BenchControl
  private let threads: [JoinableThread]

  /// Whether every thread has a descriptor table of its own.
  let hasOwnTables: Bool

  /// Starts a thread for each role. The threads wait for the first phase.
  init(_ roles: [BenchRole], _ preparation: BenchPreparation) throws(SystemError) {
    control = try BenchControl(threads: roles.count)
    var threads: [JoinableThread] = []
    for index in roles.indices {
      do throws(SystemError) {
        threads.append(try Self.start(index, roles, preparation, control))
      } catch {
        Self.end(threads, control)
        throw error
      }
    }
    self.threads = threads
    control.awaitReports(threads.count)
    hasOwnTables = !control.hasSharedTable
  }

  private static func start(
    _ index: Int, _ roles: [BenchRole], _ preparation: BenchPreparation, _ control: BenchControl
  ) throws(SystemError) -> JoinableThread {
    let (role, target, settings) = (roles[index], preparation.target, preparation.settings)
    let crowdThreads = preparation.plan.threads
    let isAlone = roles.count == 1
    return try JoinableThread(name: "bench-\(index)") {
      control.report(isAlone || DescriptorTables.takeOwn(keeping: nil) == nil ? .own : .shared)
      do throws(SystemError) {
        var worker = try BenchWorker(
          index: index, role: role, target: target, control: control, settings: settings,
          crowdThreads: crowdThreads)
        worker.run()
      } catch {
        control.abandon(role.count, error.code)
      }
    }
  }

  /// Ends all threads and waits for them.
  func end() {
    Self.end(threads, control)
  }

  private static func end(_ threads: [JoinableThread], _ control: BenchControl) {
    control.begin(.ended)
    for thread in threads { thread.join() }
  }
}
