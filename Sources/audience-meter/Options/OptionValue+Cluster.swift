import MeterIO
import MeterModel

/// The values of the options of the cluster.
extension OptionValue<ServeSettings> {
  /// A multicast group and its port.
  static func group(_ property: Property<Endpoint?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "IP:PORT",
        accepted: "a multicast group and its port (239.255.13.37:314, [ff05::1:37]:314)"),
      read: { text in
        Endpoint(text).flatMap { $0.isGroup ? .some($0) : nil }
      }, show: { $0?.description })
  }

  /// The name of a network interface, or one of its addresses.
  static func interface(_ property: Property<String?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "NAME", accepted: "the name of a network interface or one of its addresses"),
      read: { text in isHost(text) || isInterface(text) ? .some(text) : nil }, show: { $0 })
  }

  /// A list of 1 to 256 nodes.
  static func endpoints(_ property: Property<[Endpoint]>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "HOST:PORT,…",
        accepted: "up to 256 of HOST:PORT, with commas between them ([::1]:3140)"),
      read: { text in
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let endpoints = parts.compactMap { Endpoint(String($0)) }
        return endpoints.count == parts.count && parts.count <= 256 ? endpoints : nil
      }, show: { $0.isEmpty ? nil : $0.map(\.description).joined(separator: ",") })
  }

  /// A port of this machine, from 1 on.
  static func portOfOurs(_ property: Property<UInt16>) -> Self {
    Self(
      property, ValueSyntax(placeholder: "P", accepted: "a port from 1 to 65535"),
      read: { text in
        UInt64(digits: text.utf8.span).flatMap { UInt16(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
      }, show: { "\($0)" })
  }

  /// A Redis server. An error does not repeat the value, which may contain a password, and states
  /// its fault.
  static func redis(_ property: Property<RedisURL?>) -> Self {
    Self(
      property,
      ValueSyntax(
        placeholder: "URL", accepted: "redis://[[USER][:PASSWORD]@]HOST:PORT[/CHANNEL]",
        isConfidential: true,
        fault: { text in
          do throws(RedisURL.Fault) {
            _ = try RedisURL(text)
            return nil
          } catch {
            return error.reason
          }
        }),
      read: { text in (try? RedisURL(text)).map { .some($0) } }, show: { _ in nil })
  }

  /// Whether a text can be the name of an interface: at most 15 bytes, no blank, no slash.
  @Sendable private static func isInterface(_ text: String) -> Bool {
    (1...15).contains(text.utf8.count) && !text.hasPrefix("-")
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
  }
}
