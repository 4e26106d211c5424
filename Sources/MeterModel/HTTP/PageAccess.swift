// The pages that may read a response: the fields of the CORS protocol and of
// `Cross-Origin-Resource-Policy` (Fetch Standard, §3).

/// The pages that may read a response.
package enum PageAccess: Equatable, Sendable {
  /// Pages of the port's own origin.
  case sameOrigin

  /// Pages of every origin, without credentials.
  case everyOrigin

  /// Pages of this origin, with credentials.
  case origin(ContiguousArray<UInt8>)

  /// The maximum length of an `Origin` that is named, in bytes. A host has at most 253.
  package static let maximumOrigin = 1024

  /// The pages that may read the response of a public resource to a request with this head, which
  /// was parsed from `bytes` (§4). Browsers refuse `*` where they sent credentials, and a preflight
  /// does not show whether the request after it has any. Such a request is answered for its origin;
  /// one without an `Origin`, or with one that is too long or not visible ASCII, for every origin.
  package init(_ head: RequestHead, in bytes: Span<UInt8>) {
    self.init(head, in: bytes, namesOrigin: head.hasCredentials || head.method == .options)
  }

  /// The pages that may read a file that is kept by caches. A kept response is used for later
  /// requests, with or without credentials, so a request with an `Origin` is answered for that.
  package init(ofKeptFile head: RequestHead, in bytes: Span<UInt8>) {
    self.init(head, in: bytes, namesOrigin: true)
  }

  private init(_ head: RequestHead, in bytes: Span<UInt8>, namesOrigin: Bool) {
    self = .everyOrigin
    guard namesOrigin, !head.origin.isEmpty else { return }
    let origin = bytes.extracting(head.origin.bounds)
    guard origin.count <= Self.maximumOrigin, origin.isVisibleASCII else { return }
    self = .origin(ContiguousArray(origin.array))
  }
}

extension ResponseEncoder {
  /// Appends the fields that let pages read the response, and embed it.
  func append(_ access: PageAccess, into output: inout ContiguousArray<UInt8>) {
    switch access {
    case .sameOrigin: return
    case .everyOrigin: output.append(contentsOf: "Access-Control-Allow-Origin: *\r\n".utf8)
    case .origin(let origin):
      output.append(contentsOf: "Access-Control-Allow-Origin: ".utf8)
      output.append(contentsOf: origin)
      output.append(
        contentsOf: "\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n".utf8)
    }
    output.append(contentsOf: "Cross-Origin-Resource-Policy: cross-origin\r\n".utf8)
  }
}
