// The address of a Redis or Valkey server, the value of `--cluster-redis`:
// redis://[[USER][:PASSWORD]@]HOST[:PORT][/CHANNEL].

/// A server, the login there, and the channel that the nodes share.
package struct RedisURL: Equatable, Sendable {
  /// The port if the URL has none.
  package static let defaultPort: UInt16 = 6379

  /// The channel if the URL has none.
  package static let defaultChannel = "audience-meter"

  /// The maximum length of the text, in bytes.
  package static let lengthLimit = 1024

  /// The user of a server with access lists; nil for the default user.
  package let user: ContiguousArray<UInt8>?

  /// The password; nil if none is needed, or if it is kept in a file.
  package private(set) var password: ContiguousArray<UInt8>?

  /// A host name or an address; an IPv6 address has no brackets.
  package let host: String

  /// The port, 1 to 65,535.
  package let port: UInt16

  /// The channel, 1 to 255 bytes.
  package let channel: ContiguousArray<UInt8>

  /// The fault of a text that is not a valid URL. It never contains a password.
  package enum Fault: UInt8, CaseIterable, Error, Sendable {
    case tooLong, encrypted, noScheme, noHost, badHost, badPort, badEscape, emptyPassword,
      badChannel

    /// A clause that states the fault.
    package var reason: String {
      switch self {
      case .tooLong: "it has more than \(RedisURL.lengthLimit) bytes"
      case .encrypted: "rediss:// (TLS) is not supported: use redis://, and a tunnel if need be"
      case .noScheme: "it does not begin with redis://"
      case .noHost: "it names no host"
      case .badHost: "its host is no name, IPv4 address or IPv6 address in brackets"
      case .badPort: "its port is no number from 1 to 65535"
      case .badEscape: "a % in it is not followed by two hexadecimal digits"
      case .emptyPassword: "the user before its @ is missing, or the password is empty"
      case .badChannel: "its channel is not 1 to 255 bytes without /, ? and #"
      }
    }
  }

  /// Reads a URL. `%` escapes are decoded in the user, the password and the channel.
  package init(_ text: String) throws(Fault) {
    let bytes = ContiguousArray(text.utf8)
    guard bytes.count <= Self.lengthLimit else { throw .tooLong }
    let scheme = "redis://"
    guard !bytes.span.hasPrefix("rediss://") else { throw .encrypted }
    guard bytes.span.hasPrefix(scheme) else { throw .noScheme }
    let rest = bytes[scheme.utf8.count...]
    let slash = rest.firstIndex(of: ASCII.slash)
    let authority = rest[..<(slash ?? rest.endIndex)]
    channel = try Self.channel(slash.map { rest[($0 + 1)...] })
    // A password may contain an unescaped @, a host cannot.
    let at = authority.lastIndex(of: ASCII.at)
    (user, password) = try Self.credentials(at.map { authority[..<$0] })
    (host, port) = try Self.server(at.map { authority[($0 + 1)...] } ?? authority)
  }

  /// The same server and user, with a password from elsewhere.
  package func loggingIn(with password: ContiguousArray<UInt8>) -> RedisURL {
    var url = self
    url.password = password
    return url
  }
}

// MARK: - Parts

extension RedisURL {
  private typealias Part = ContiguousArray<UInt8>.SubSequence

  private static func channel(
    _ bytes: Part?
  ) throws(Fault) -> ContiguousArray<UInt8> {
    guard let bytes, !bytes.isEmpty else { return ContiguousArray(defaultChannel.utf8) }
    for byte in bytes where byte == ASCII.slash || byte == ASCII.question || byte == 0x23 {
      throw .badChannel
    }
    let channel = try decoded(bytes)
    guard channel.count <= 255 else { throw .badChannel }
    return channel
  }

  private static func credentials(
    _ bytes: Part?
  ) throws(Fault) -> (ContiguousArray<UInt8>?, ContiguousArray<UInt8>?) {
    guard let bytes else { return (nil, nil) }
    guard let colon = bytes.firstIndex(of: ASCII.colon) else {
      guard !bytes.isEmpty else { throw .emptyPassword }
      return (try decoded(bytes), nil)
    }
    guard colon + 1 < bytes.endIndex else { throw .emptyPassword }
    let user = try decoded(bytes[..<colon])
    return (user.isEmpty ? nil : user, try decoded(bytes[(colon + 1)...]))
  }

  private static func server(
    _ bytes: Part
  ) throws(Fault) -> (String, UInt16) {
    guard let first = bytes.first, first != ASCII.colon else { throw .noHost }
    let whole = ContiguousArray(bytes)
    guard Authority.isHostField(whole.span, in: 0..<whole.count) else {
      throw hasBadPort(whole) ? .badPort : .badHost
    }
    var end = whole.endIndex
    var port = defaultPort
    let close = whole.lastIndex(of: ASCII.closeBracket) ?? 0
    if let colon = whole[close...].lastIndex(of: ASCII.colon) {
      end = colon
      port = try number(whole[(colon + 1)...])
    }
    let isBracketed = first == ASCII.openBracket
    let name = isBracketed ? whole[1..<close] : whole[..<end]
    // A host name has no escapes.
    guard !name.contains(ASCII.percent) else { throw .badHost }
    return (String(decoding: name, as: UTF8.self), port)
  }

  /// Whether the host without the rest would be valid.
  private static func hasBadPort(_ bytes: ContiguousArray<UInt8>) -> Bool {
    let close = bytes.lastIndex(of: ASCII.closeBracket) ?? 0
    guard let colon = bytes[close...].firstIndex(of: ASCII.colon) else { return false }
    // More than one colon is an IPv6 address without brackets.
    return Authority.isHostField(bytes.span, in: 0..<colon)
      && !bytes[(colon + 1)...].contains(ASCII.colon)
  }

  private static func number(_ digits: Part) throws(Fault) -> UInt16 {
    var value = 0
    for digit in digits {
      guard digit.isDigit, value < 65_536 else { throw .badPort }
      value = value * 10 + Int(digit - ASCII.zero)
    }
    guard let port = UInt16(exactly: value), port > 0 else { throw .badPort }
    return port
  }

  private static func decoded(
    _ bytes: Part
  ) throws(Fault) -> ContiguousArray<UInt8> {
    var output: ContiguousArray<UInt8> = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      guard bytes[index] == ASCII.percent else {
        output.append(bytes[index])
        index += 1
        continue
      }
      guard index + 2 < bytes.endIndex, let high = bytes[index + 1].hexadecimalValue,
        let low = bytes[index + 2].hexadecimalValue
      else { throw .badEscape }
      output.append(high << 4 | low)
      index += 3
    }
    return output
  }
}
