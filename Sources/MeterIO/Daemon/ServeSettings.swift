import MeterModel

/// What the command line tells the daemon: the meter's own settings, and the shell's. Ranges were checked
/// by then; names of hosts are still to be resolved.
package struct ServeSettings: Equatable, Sendable {
  /// The meter's settings. Its `maximumConnections` is only to be used by way of the property here.
  package var configuration = Configuration()

  /// Log everything, to standard error (`--debug`).
  package var debug = false

  /// How many threads serve sockets, 0 to 1,024; 0 for the number of CPUs (`--workers`).
  package var workers: UInt32 = 0

  /// Whether the second path segment is a viewer id (`--enable-uuid`).
  package var enableViewerIDs = false

  /// Where event streams are opened; 0 for any free port (`--port`).
  package var port: UInt16 = 80

  /// The address of the public port, nil for every one, IPv4 and IPv6 (`--host`).
  package var host: String?

  /// Where statistics are told, nil for nowhere (`--stats-port`).
  package var statsPort: UInt16? = 1442

  /// The address of the statistics port, nil for every one (`--stats-host`).
  package var statsHost: String? = "127.0.0.1"

  /// Where messages are taken, nil for nowhere (`--notification-port`).
  package var notificationPort: UInt16? = 2442

  /// The address of the messages' port, nil for every one (`--notification-host`).
  package var notificationHost: String? = "127.0.0.1"

  /// Where the demo is shown, nil for nowhere (`--demo-port`).
  package var demoPort: UInt16? = 8080

  /// The address of the demo's port, nil for every one (`--demo-host`).
  package var demoHost: String?

  /// The file that the run is captured in, nil for none (`--capture`).
  package var capturePath: String?

  /// The size from which that file is put aside and another is begun, in bytes; nil for never
  /// (`--capture-rotate`).
  package var captureRotation: UInt64?

  /// Whether viewer ids are captured as they are, and not hashed (`--capture-viewer-ids`).
  package var capturesViewerIDs = false

  /// The other nodes, and how they are reached.
  package var cluster = ClusterOptions()

  package init() {}

  /// How many connections may be open at once; nil where it is to be taken from the limit of file
  /// descriptors (`--max-connections`, whose largest value is no limit).
  package var maximumConnections: UInt32? {
    configuration.maximumConnections == .max ? nil : configuration.maximumConnections
  }
}
