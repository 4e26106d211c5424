// The daemon's listening sockets, all opened before anything is served.

import MeterModel

/// Every port that is open.
struct OpenPorts {
  /// The audience port's listeners, by worker.
  let audience: [[Listener]]

  /// Those of the statistics, message and demo ports.
  let services: [Listener]

  /// The number of the audience port.
  let audiencePort: UInt16

  /// A line for each address that is listened on.
  let lines: [String]

  init(_ settings: ServeSettings, workers: Int) throws(StartError) {
    let audience = try Listener.open(
      .audience, host: settings.host, number: settings.port, copies: workers)
    var lines = audience.addresses.map { Self.line(.audience, $0) }
    var services: [Listener] = []
    for (port, host, number) in [
      (Port.statistics, settings.statsHost, settings.statsPort),
      (Port.messages, settings.notificationHost, settings.notificationPort),
      (Port.demo, settings.demoHost, settings.demoPort),
    ] {
      guard let number else { continue }
      let opened = try Listener.open(port, host: host, number: number, copies: 1)
      services += opened.sockets.flatMap { $0 }
      lines += opened.addresses.map { Self.line(port, $0) }
    }
    self.audience = audience.sockets
    self.services = services
    self.lines = lines
    audiencePort = audience.addresses.first?.port ?? settings.port
  }

  /// How many listening sockets there are.
  var descriptorCount: Int {
    audience.reduce(services.count) { $0 + $1.count }
  }

  /// How many of them one reactor has, at most.
  var mostOfOneReactor: Int {
    audience.reduce(services.count) { max($0, $1.count) }
  }

  private static func line(_ port: Port, _ address: SocketAddress) -> String {
    "\(port.title) on \(address.description)"
  }
}
