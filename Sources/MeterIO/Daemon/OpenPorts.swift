// The daemon's listening sockets, all opened before anything is served.

import MeterModel

/// The open ports.
struct OpenPorts {
  /// The audience port's listeners, by worker.
  let audience: [[PortListener]]

  /// The listeners of all other ports.
  let services: [PortListener]

  /// The number of the audience port.
  let audiencePort: UInt16

  /// A line for each address that is listened on.
  let lines: [String]

  /// Opens the ports of the settings. Throws an error for the operator.
  init(_ settings: ServeSettings, workers: Int) throws(StartError) {
    let audience = try Self.open(
      .audience, settings, host: settings.host, number: settings.port, copies: workers)
    var lines = audience.addresses.map { Self.line(.audience, $0) }
    var services: [PortListener] = []
    for (port, host, number) in [
      (Port.statistics, settings.statsHost, settings.statsPort),
      (Port.messages, settings.notificationHost, settings.notificationPort),
      (Port.admin, settings.adminHost, settings.adminPort),
      (Port.demo, settings.demoHost, settings.demoPort),
    ] {
      guard let number else { continue }
      let opened = try Self.open(port, settings, host: host, number: number, copies: 1)
      services += opened.listeners.flatMap { $0 }
      lines += opened.addresses.map { Self.line(port, $0) }
    }
    self.audience = audience.listeners
    self.services = services
    self.lines = lines
    audiencePort = audience.addresses.first?.port ?? settings.port
  }

  private static func open(
    _ port: Port, _ settings: ServeSettings, host: String?, number: UInt16, copies: Int
  ) throws(StartError) -> (listeners: [[PortListener]], addresses: [SocketAddress]) {
    let listener = port.definition.listener
    let opened = try Listener.open(
      listener,
      Listener.Names(
        number: settings.name(of: listener.option), host: settings.name(of: listener.hostOption)),
      host: host, number: number, copies: copies)
    let listeners = opened.descriptors.map { descriptors in
      descriptors.map { PortListener(descriptor: $0, port: port) }
    }
    return (listeners, opened.addresses)
  }

  /// The number of listening sockets.
  var descriptorCount: Int {
    audience.reduce(services.count) { $0 + $1.count }
  }

  /// The largest number of listening sockets of one reactor.
  var maximumOfOneReactor: Int {
    audience.reduce(services.count) { max($0, $1.count) }
  }

  private static func line(_ port: Port, _ address: SocketAddress) -> String {
    "\(port.definition.title) on \(address.description)"
  }
}
