// The daemon's ports.

/// Which of the daemon's ports a socket belongs to.
package enum Port: UInt8, CaseIterable, Sendable {
  case audience, statistics, messages, demo

  /// The option that sets its number.
  var option: StaticString {
    switch self {
    case .audience: "--port"
    case .statistics: "--stats-port"
    case .messages: "--notification-port"
    case .demo: "--demo-port"
    }
  }

  /// The option that sets its address.
  var hostOption: StaticString {
    switch self {
    case .audience: "--host"
    case .statistics: "--stats-host"
    case .messages: "--notification-host"
    case .demo: "--demo-host"
    }
  }

  /// What it is called in what the daemon prints.
  var title: StaticString {
    switch self {
    case .audience: "audience"
    case .statistics: "statistics"
    case .messages: "messages"
    case .demo: "demo"
    }
  }
}
