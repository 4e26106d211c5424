// What the reactor wants to know of a socket.

/// What a socket is watched for, in a byte.
enum Interest: UInt8 {
  case nothing, readable, writable, both

  var readiness: Readiness {
    switch self {
    case .nothing: []
    case .readable: .readable
    case .writable: .writable
    case .both: [.readable, .writable]
    }
  }
}
