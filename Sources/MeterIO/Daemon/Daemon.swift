// The daemon from start to end. What can fail at the start fails before anything is served.

import CLinux
import Glibc
import MeterModel

/// The daemon: it opens its ports, serves, and stops on a signal.
package enum Daemon {
  /// Serves until SIGTERM, SIGINT or SIGHUP, of which those that were ignored when the process
  /// began have no effect. Throws an error for the operator.
  package static func run(_ settings: ServeSettings) throws(StartError) {
    Allocator.returnLargeBlocks()
    openStandardDescriptors()
    let notices = try starting { () throws(SystemError) in try NoticeBoard() }
    let console = Console(isVerbose: settings.debug, notices: notices)
    let limit = raiseDescriptorLimit()
    let workers = settings.workers == 0 ? processorCount() : Int(settings.workers)
    let ports = try OpenPorts(settings, workers: workers)
    let cluster = try ClusterStart(
      settings.cluster, nodeTimeout: settings.configuration.clusterNodeTimeout,
      console: console)
    let plan = try makePlan(
      limit: limit, workers: workers, ports,
      others: cluster?.maximumDescriptors ?? 0)
    let streams = plan.streams(ofWorkers: workers)
    var configuration = settings.configuration
    let wanted = settings.maximumConnections ?? UInt32(clamping: streams)
    configuration.maximumConnections = min(wanted, UInt32(clamping: streams))
    let clock = Clock()
    let inbox = try starting { () throws(SystemError) in try Mailbox<NodeMail>() }
    let capture = try startCapture(settings, configuration, clock, console, inbox)
    try starting { () throws(SystemError) in
      let signals = try StopSignals()
      let assembly = Assembly(
        console: console, clock: clock, inbox: inbox, plan: plan, ports: ports,
        viewerIDs: settings.configuration.viewerIDs, localNames: settings.localNames,
        capture: capture, cluster: cluster)
      let threads = try assembly.start(configuration, workers: workers)
      for line in (cluster?.lines ?? []) + ports.lines { console.log(line) }
      if wanted > configuration.maximumConnections {
        console.log(
          "--max-connections: going on with \(streams), which is what the limit of descriptors "
            + "allows (ulimit -n)"
        )
      }
      let signal = waitForStop(signals, loggingRestsOf: notices, by: clock)
      console.debug("stopping on signal \(signal)")
      inbox.post(.stop)
      for thread in threads { thread.join() }
      notices.logAllRests(at: clock.now)
    }
  }
}

/// Calls `body`, whose error becomes one for the operator.
private func starting<Result: ~Copyable>(
  _ body: () throws(SystemError) -> Result
) throws(StartError) -> Result {
  do throws(SystemError) {
    return try body()
  } catch {
    let limit =
      error.code == EAGAIN ? " (the limit of threads: ulimit -u, or systemd's TasksMax)" : ""
    throw StartError(reason: "cannot start: \(error.description)\(limit)")
  }
}

/// Waits for a signal that stops the daemon, and logs the rests of notices meanwhile. Returns the
/// signal's number.
private func waitForStop(
  _ signals: borrowing StopSignals, loggingRestsOf notices: NoticeBoard, by clock: Clock
) -> Int32 {
  var due = Instant.never
  while true {
    var entries = [signals.descriptor, notices.descriptor].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    poll(&entries, nfds_t(entries.count), Poller.milliseconds(until: due, by: clock))
    if entries[0].revents != 0 { return signals.wait() }
    due = notices.logRests(at: clock.now)
  }
}

/// Starts the capture, if the settings have one.
private func startCapture(
  _ settings: ServeSettings, _ configuration: Configuration, _ clock: Clock, _ console: Console,
  _ node: Mailbox<NodeMail>
) throws(StartError) -> Capture? {
  guard let path = settings.capturePath else { return nil }
  var random = SystemRandomNumberGenerator()
  let section = LogSection(
    configuration: configuration, wallStart: clock.wallStart,
    viewersAreHashed: !settings.capturesViewerIDs)
  let policy = Capture.Policy(
    rotation: settings.captureRotation,
    viewerKey: settings.capturesViewerIDs ? nil : HashKey(random.next(), random.next()))
  return try Capture.start(path, section: section, policy: policy, console: console) {
    node.post(.wake)
  }
}

/// Divides the descriptors among the ports.
private func makePlan(
  limit: Int, workers: Int, _ ports: OpenPorts, others: Int
) throws(StartError) -> DescriptorPlan {
  let needs = DescriptorNeeds(
    workers: workers, listeners: ports.descriptorCount + others,
    reactorListeners: ports.maximumOfOneReactor)
  let tables = try starting { () throws(SystemError) in try DescriptorTables.permitted() }
  guard let plan = DescriptorPlan(tables, limit: limit, needs: needs) else {
    throw StartError(
      reason: "cannot start: the limit of \(limit) file descriptors (ulimit -n) is too low; "
        + "at least \(DescriptorPlan.minimumLimit(tables, needs: needs)) are needed")
  }
  return plan
}

/// The number of processors that this process may use.
private func processorCount() -> Int {
  var mask = [UInt64](repeating: 0, count: 128)
  guard sched_getaffinity(0, mask.count * 8, &mask) >= 0 else {
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
  return max(1, mask.reduce(0) { $0 + $1.nonzeroBitCount })
}

/// Opens standard streams that are closed, so that no socket gets their numbers.
private func openStandardDescriptors() {
  while true {
    let descriptor = open("/dev/null", O_RDWR)
    if descriptor > 2 || descriptor < 0 {
      if descriptor > 2 { close(descriptor) }
      return
    }
  }
}
