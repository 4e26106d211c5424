// The files of client/, as they were when the program was built.

import MeterModel

/// The files that the demo port serves.
enum ClientFiles {
  /// A file with its content type.
  struct File {
    let name: StaticString
    let type: ContentType
    let bytes: [UInt8]
    let tag: EntityTag

    init(name: StaticString, type: ContentType, bytes: [UInt8]) {
      self.name = name
      self.type = type
      self.bytes = bytes
      tag = EntityTag(of: bytes.span)
    }
  }

  /// The files under `/client/`.
  static let served = [
    File(name: "audience.js", type: .script, bytes: PackageResources.audience_js),
    File(name: "audience.mjs", type: .script, bytes: PackageResources.audience_mjs),
    File(name: "audience-share.js", type: .script, bytes: PackageResources.audience_share_js),
    File(name: "audience-ping.js", type: .script, bytes: PackageResources.audience_ping_js),
    File(name: "audience-count.js", type: .script, bytes: PackageResources.audience_count_js),
    File(
      name: "jquery.audience.js", type: .script, bytes: PackageResources.jquery_audience_js),
    File(name: "demo.js", type: .script, bytes: PackageResources.demo_js),
    File(name: "demo.css", type: .style, bytes: PackageResources.demo_css),
    File(name: "welcome.js", type: .script, bytes: PackageResources.welcome_js),
    File(name: "favicon.svg", type: .drawing, bytes: PackageResources.favicon_svg),
  ]

  /// The page at `/`.
  static var welcome: [UInt8] { PackageResources.welcome_html }

  /// The file with this name; nil for none.
  static func named(_ name: Span<UInt8>) -> File? {
    served.first { name.isEqual(to: $0.name.description) }
  }

  /// The page of a namespace, with `{namespace}` and `{port}` replaced by the escaped name and by
  /// the number of the audience port. O(page)
  static func page(namespace: Span<UInt8>, port: UInt16) -> ContiguousArray<UInt8> {
    var page = ContiguousArray<UInt8>()
    var rest = PackageResources.demo_html[...]
    while let open = rest.firstIndex(of: UInt8(ascii: "{")) {
      page.append(contentsOf: rest[..<open])
      rest = rest[open...]
      if rest.starts(with: "{namespace}".utf8) {
        HTMLText.append(namespace, into: &page)
        rest = rest.dropFirst("{namespace}".utf8.count)
      } else if rest.starts(with: "{port}".utf8) {
        page.append(contentsOf: String(port).utf8)
        rest = rest.dropFirst("{port}".utf8.count)
      } else {
        page.append(rest.removeFirst())
      }
    }
    page.append(contentsOf: rest)
    return page
  }
}
