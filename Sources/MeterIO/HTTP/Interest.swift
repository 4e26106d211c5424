// The conditions for which a reactor watches a socket.

/// The conditions for which a socket is watched, in a byte.
enum Interest: UInt8 {
  case nothing, readable, writable, both

  /// As the poller takes it.
  var readiness: Readiness {
    switch self {
    case .nothing: []
    case .readable: .readable
    case .writable: .writable
    case .both: [.readable, .writable]
    }
  }
}
