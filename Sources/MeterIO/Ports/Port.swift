// The daemon's ports by name. A new port is a file like `DemoPort.swift`, a case here, a line in
// `OpenPorts`, and its options.

import MeterModel

/// One of the daemon's ports.
package enum Port: UInt8, CaseIterable, Sendable {
  case audience, statistics, messages, admin, demo

  /// The definition of the port.
  var definition: any PortDefinition.Type {
    switch self {
    case .audience: AudiencePort.self
    case .statistics: StatisticsPort.self
    case .messages: MessagesPort.self
    case .admin: AdminPort.self
    case .demo: DemoPort.self
    }
  }

  /// Whether event streams are opened on the port. Each accepted connection asks this, so it is a
  /// comparison and no call of the definition.
  var opensStreams: Bool { self == .audience }

  /// The stream that a request opens; nil for any other request.
  func streamRequest(
    _ head: RequestHead, in bytes: Span<UInt8>, _ settings: PortSettings
  ) -> StreamRequest? {
    opensStreams ? AudiencePort.streamRequest(head, in: bytes, settings) : nil
  }
}

/// A listening socket of a port. It is open until the process ends or its reactor closes it.
struct PortListener: Sendable {
  let descriptor: Int32
  let port: Port
}
