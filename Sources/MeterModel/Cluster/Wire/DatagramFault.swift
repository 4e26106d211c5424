// Why a datagram is dropped: whole, always, so that no half of it is ever believed.

/// What is wrong with a datagram. The first that is found, reading from its start, is the one.
package enum DatagramFault: UInt8, CaseIterable, Error, Sendable {
  /// It has no bytes.
  case empty

  /// It is longer than any UDP datagram (65,507 bytes).
  case tooLarge

  /// It ends in the middle of a value.
  case truncated

  /// It is something else than one map.
  case notAMap

  /// More than 64 keys.
  case tooManyKeys

  /// A key that is there twice.
  case duplicateKey

  /// Values nested deeper than 32.
  case tooDeep

  /// An encoding that the old MessagePack lacks: str8, bin, ext, or the byte c1.
  case forbiddenEncoding

  /// No `sid`, or one that is not 36 bytes of text.
  case noSession

  /// No `vals`, or some that are no array of threes.
  case badCounts

  /// A name that is not 1 to 255 visible ASCII bytes.
  case badName

  /// A count that is negative, no integer or beyond 2⁵³ − 1.
  case badNumber

  /// A key that is no text, or a known one whose value makes no sense.
  case badKey

  /// Bytes after the map.
  case trailingBytes

  /// No code under the secret, or a wrong one.
  case unauthenticated

  /// A number of that sender that was seen before, or is too old to know.
  case replayed

  /// A clock that is more than the node timeout away.
  case late

  /// One node more than are kept.
  case tooManyNodes

  /// A few words, as statistics and the log say it.
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
