import MeterModel

/// The daemon's options: those of the meter and all others. Ranges are checked; names of hosts are
/// not resolved.
package struct ServeSettings: Equatable, Sendable {
  /// The meter's configuration. Its `maximumConnections` is read through the property here.
  package var configuration = Configuration()

  /// Whether everything is logged to standard error (`--debug`).
  package var debug = false

  /// The number of threads that serve viewers, 0 to 1,024; 0 for the number of processors
  /// (`--workers`).
  package var workers: UInt32 = 0

  /// Whether a viewer id holds at most one connection (`--enable-uuid`).
  package var enableViewerIDs: Bool {
    get { configuration.viewerIDs == .exclusive }
    set { configuration.viewerIDs = newValue ? .exclusive : .off }
  }

  /// The audience port; 0 for any free port (`--port`).
  package var port: UInt16 = 80

  /// The address of the audience port; nil for every address, IPv4 and IPv6 (`--host`).
  package var host: String?

  /// The statistics port; nil for none (`--stats-port`).
  package var statsPort: UInt16? = 1442

  /// The address of the statistics port; nil for every address (`--stats-host`).
  package var statsHost: String? = "127.0.0.1"

  /// The message port; nil for none (`--notification-port`).
  package var notificationPort: UInt16? = 2442

  /// The address of the message port; nil for every address (`--notification-host`).
  package var notificationHost: String? = "127.0.0.1"

  /// The admin port; nil for none (`--admin-port`).
  package var adminPort: UInt16? = 9442

  /// The address of the admin port; nil for every address (`--admin-host`).
  package var adminHost: String? = "127.0.0.1"

  /// The demo port; nil for none (`--demo-port`).
  package var demoPort: UInt16? = 8080

  /// The address of the demo port; nil for every address (`--demo-host`).
  package var demoHost: String?

  /// The names, beside addresses and `localhost`, under which the statistics, message and admin
  /// ports may be used (`--local-names`).
  package var localNames = LocalNames()

  /// The file of the capture; nil for none (`--capture`).
  package var capturePath: String?

  /// The size of that file, in bytes, at which it is renamed and another is begun; nil for never
  /// (`--capture-rotate`).
  package var captureRotation: UInt64?

  /// Whether viewer ids are captured as they are and not hashed (`--capture-viewer-ids`).
  package var capturesViewerIDs = false

  /// The cluster.
  package var cluster = ClusterOptions()

  /// What set an option that the command line did not, by the option's name with its hyphens:
  /// `environment variable PORT`. Errors name it in place of the option.
  package var origins: [String: String] = [:]

  /// The default options.
  package init() {}

  /// The name of an option in errors: its own, or that of what set it.
  func name(of option: StaticString) -> String { origins["\(option)"] ?? "\(option)" }

  /// The number of streams that may be open at once; nil to derive it from the limit of descriptors
  /// (`--max-connections`, whose largest value means no limit).
  package var maximumConnections: UInt32? {
    configuration.maximumConnections == .max ? nil : configuration.maximumConnections
  }
}
