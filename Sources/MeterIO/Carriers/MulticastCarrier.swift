// Multicast as a carrier (§6): every datagram goes to one group, of which all nodes are members.

import Glibc
import MeterModel

/// The carrier of datagrams by one multicast group.
final class MulticastCarrier: DatagramCarrier {
  private(set) var figures: CarrierFigures
  let startLine: String
  private var socket: MulticastSocket
  private let console: Console
  private let notice: RecurringNotice

  /// The time of the next join. It is repeated because a membership ends with its interface.
  private var joinsAt = Instant.start
  private var joinError: SystemError?
  private var sendError: SystemError?

  private static let joinInterval = Duration.milliseconds(500)

  /// The number of datagrams that are received before another socket has its turn.
  private static let maximumBatch = 256

  /// Opens the socket of the options' group; nil where they name none. Throws an error for the
  /// operator.
  init?(_ options: ClusterOptions, console: Console) throws(StartError) {
    guard let group = options.group else { return nil }
    let network = (options.interface ?? group.zone).map { NetworkInterface(text: $0) }
    if let network, network.index == nil {
      throw StartError(
        reason: "--cluster-interface: '\(network.text)' is no network interface of this machine, "
          + "nor an address of one")
    }
    do throws(SystemError) {
      guard
        let address = try? SocketAddress.resolve(
          group.host, port: group.port, literalOnly: true
        ).first
      else { throw SystemError(code: EAFNOSUPPORT) }
      socket = try MulticastSocket(group: address, interface: network)
    } catch {
      throw StartError(reason: "--cluster-addr: \(explainReceiveError(error, on: group))")
    }
    figures = CarrierFigures(carrier: .multicast, address: group.description, state: "joining")
    startLine =
      "cluster by multicast in \(group.description)" + (network.map { " on \($0.text)" } ?? "")
    self.console = console
    notice = RecurringNotice("multicast: datagrams could not be sent", on: console)
  }

  let maximumDescriptors = 1
  let needsResolver = false
  let isBroker = false
  let isIdle = true
  var nextDeadline: Instant { joinsAt }

  func start(_ host: inout CarrierHost) throws(SystemError) {
    try host.watch(socket.socket.number, key: 0)
  }

  func ready(_ key: UInt32, _ seen: Readiness, _ host: inout CarrierHost) {
    for _ in 0..<Self.maximumBatch {
      guard let (count, source) = socket.socket.receive(into: &host.scratch) else { return }
      figures.count(isKept: host.keep(count, from: source, over: .multicast))
    }
  }

  func send(_ datagram: Span<UInt8>, _ host: inout CarrierHost) {
    let former = sendError
    sendError = socket.socket.send(datagram, to: socket.group)
    if let sendError {
      figures.unsent += 1
      notice.note(at: host.now)
      if former == nil { console.debug("multicast: \(sendError.description)") }
      // The membership may have ended with its interface.
      joinsAt = min(joinsAt, host.now + .milliseconds(100))
    } else {
      figures.sent += 1
    }
    noteState(wasWorking: former == nil && joinError == nil, &host)
  }

  func take(_ resolution: Resolution, _ host: inout CarrierHost) {}

  func maintain(_ host: inout CarrierHost) {
    if joinsAt <= host.now { join(&host) }
  }

  private func join(_ host: inout CarrierHost) {
    joinsAt = host.now + Self.joinInterval
    let wasWorking = joinError == nil && sendError == nil
    do throws(SystemError) {
      if let renewed = try socket.renewed() {
        try host.watch(renewed.socket.number, key: 0)
        socket = renewed
      }
      try socket.join()
      joinError = nil
    } catch {
      if joinError == nil {
        console.log("multicast: the group cannot be joined: \(error.description); trying again")
      }
      joinError = error
    }
    noteState(wasWorking: wasWorking, &host)
  }

  /// Notes whether multicast works, and whether it works again.
  private func noteState(wasWorking: Bool, _ host: inout CarrierHost) {
    let error = joinError ?? sendError
    if error == nil, !wasWorking {
      console.debug("multicast: the group is joined again")
      host.noteReturn()
    }
    figures.state = error?.description ?? "up"
  }
}
