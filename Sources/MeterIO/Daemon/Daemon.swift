// The daemon: its listeners, its threads, and its end. All that can fail at start fails before anything
// is served.

import CLinux
import Glibc
import MeterModel

/// The daemon's life: it listens, serves, and stops when it is told to.
package enum Daemon {
  /// Serves until SIGTERM or SIGINT.
  package static func run(_ settings: ServeSettings) throws(StartError) {
    Allocator.keepLittle()
    openStandardDescriptors()
    let console = Console(isVerbose: settings.debug)
    let limit = raiseDescriptorLimit()
    let workers = settings.workers == 0 ? processorCount() : Int(settings.workers)
    let ports = try OpenPorts(settings, workers: workers)
    let cluster = try ClusterStart(
      settings.cluster, nodeTimeout: settings.configuration.clusterNodeTimeout)
    let plan = try makePlan(
      limit: limit, workers: workers, ports,
      others: cluster == nil ? 0 : ClusterSockets.descriptorCount)
    let streams = plan.streams(ofWorkers: workers)
    var configuration = settings.configuration
    let wanted = settings.maximumConnections ?? UInt32(clamping: streams)
    configuration.maximumConnections = min(wanted, UInt32(clamping: streams))
    let clock = Clock()
    let capture = try startCapture(settings, configuration, clock, console)
    do throws(SystemError) {
      let signals = try StopSignals()
      let inbox = try Mailbox<NodeMail>()
      let assembly = Assembly(
        console: console, clock: clock, inbox: inbox, plan: plan, ports: ports,
        viewersEnabled: settings.enableViewerIDs, capture: capture, cluster: cluster)
      let threads = try assembly.start(configuration, workers: workers)
      for line in (cluster?.lines ?? []) + ports.lines { console.say(line) }
      if wanted > configuration.maximumConnections {
        console.say(
          "--max-connections: going on with \(streams), which is what the limit of descriptors "
            + "allows (ulimit -n)"
        )
      }
      let signal = signals.wait()
      console.debug("stopping on signal \(signal)")
      inbox.post(.stop)
      for thread in threads { thread.join() }
    } catch {
      throw StartError(reason: "cannot start: \(error.description)")
    }
  }
}

/// Begins the capture, if one is wanted.
private func startCapture(
  _ settings: ServeSettings, _ configuration: Configuration, _ clock: Clock, _ console: Console
) throws(StartError) -> Capture? {
  guard let path = settings.capturePath else { return nil }
  var random = SystemRandomNumberGenerator()
  let section = LogSection(
    configuration: configuration, wallStart: clock.wallStart,
    viewersAreHashed: !settings.capturesViewerIDs)
  let policy = Capture.Policy(
    rotation: settings.captureRotation,
    viewerKey: settings.capturesViewerIDs ? nil : HashKey(random.next(), random.next()))
  return try Capture.start(path, section: section, policy: policy, console: console)
}

/// Divides up the descriptors among what the daemon is to serve.
private func makePlan(
  limit: Int, workers: Int, _ ports: OpenPorts, others: Int
) throws(StartError) -> DescriptorPlan {
  let needs = DescriptorNeeds(
    workers: workers, listeners: ports.descriptorCount + others,
    reactorListeners: ports.mostOfOneReactor)
  let tables: DescriptorTables
  do throws(SystemError) {
    tables = try DescriptorTables.permitted()
  } catch {
    throw StartError(reason: "cannot start: \(error.description)")
  }
  guard let plan = DescriptorPlan(tables, limit: limit, needs: needs) else {
    throw StartError(
      reason: "cannot start: the limit of \(limit) file descriptors (ulimit -n) is too low; "
        + "at least \(DescriptorPlan.leastLimit(tables, needs: needs)) are needed")
  }
  return plan
}

/// How many processors this process may use.
private func processorCount() -> Int {
  var mask = [UInt64](repeating: 0, count: 128)
  guard sched_getaffinity(0, mask.count * 8, &mask) >= 0 else {
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
  return max(1, mask.reduce(0) { $0 + $1.nonzeroBitCount })
}

/// Makes sure that no socket gets the number of a standard stream that was closed.
private func openStandardDescriptors() {
  while true {
    let descriptor = open("/dev/null", O_RDWR)
    if descriptor > 2 || descriptor < 0 {
      if descriptor > 2 { close(descriptor) }
      return
    }
  }
}
