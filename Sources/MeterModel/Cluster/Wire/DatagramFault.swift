// The reasons for which a datagram is dropped. It is dropped whole. In a datagram of a legacy node
// a count with a bad name or number is skipped instead, and the rest holds.

/// The first fault of a datagram, in the order of reading.
package enum DatagramFault: UInt8, CaseIterable, Error, Sendable {
  /// The datagram has no bytes.
  case empty

  /// The datagram is longer than any over UDP (65,507 bytes).
  case tooLarge

  /// The datagram ends within a value.
  case truncated

  /// The datagram is not exactly one map.
  case notAMap

  /// The map has more than 64 keys.
  case tooManyKeys

  /// A key occurs twice.
  case duplicateKey

  /// Values are nested deeper than 32.
  case tooDeep

  /// An encoding that the old MessagePack does not have: str8, bin, ext, or the byte c1.
  case forbiddenEncoding

  /// There is no `sid`, or it is not a text of 36 bytes.
  case noSession

  /// There is no `vals`, or it is not an array of groups of three.
  case badCounts

  /// A name is not 1 to 255 visible ASCII bytes.
  case badName

  /// A count is negative, no integer or above 2⁵³ − 1.
  case badNumber

  /// A key is no text, or the value of a known key is invalid.
  case badKey

  /// Bytes follow the map.
  case trailingBytes

  /// The message code is missing or wrong.
  case unauthenticated

  /// A datagram of that sender with the same number came before, or the number is too old to
  /// decide.
  case replayed

  /// The sender's clock differs by more than the node timeout.
  case late

  /// The sender is not among the known nodes, and their number is at its maximum.
  case tooManyNodes

  /// A few words for statistics and the log.
  package var reason: String {
    switch self {
    case .empty: "empty"
    case .tooLarge: "too large"
    case .truncated: "truncated"
    case .notAMap: "not a map"
    case .tooManyKeys: "too many keys"
    case .duplicateKey: "duplicate key"
    case .tooDeep: "nested too deep"
    case .forbiddenEncoding: "forbidden encoding"
    case .noSession: "no session id"
    case .badCounts: "bad counts"
    case .badName: "bad name"
    case .badNumber: "bad number"
    case .badKey: "bad key"
    case .trailingBytes: "trailing bytes"
    case .unauthenticated: "unauthenticated"
    case .replayed: "replayed"
    case .late: "late"
    case .tooManyNodes: "too many nodes"
    }
  }
}
