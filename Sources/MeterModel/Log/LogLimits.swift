// The limits of a log of either form.

/// The longest names and texts of a log, in bytes.
package enum LogLimits {
  /// The longest name of a namespace, a node, a source of external counts or a service.
  package static let maximumNameLength = 255

  /// The longest viewer id.
  package static let maximumViewerLength = 128

  /// The longest text of a message, without escapes.
  package static let maximumTextLength = 65_536
}

/// The kinds of names.
enum NameKind {
  case namespace, viewer, node, source, service

  /// Whether a name is valid. The text form cannot write other names of namespaces, viewer ids,
  /// sources and services.
  /// The name of a node may have any bytes, which the text form escapes.
  func allows(_ name: Span<UInt8>) -> Bool {
    (1...maximumLength).contains(name.count) && (self == .node || name.isVisibleASCII)
  }

  /// A description of the valid names, to follow "is" or "takes".
  var accepts: String {
    switch self {
    case .namespace, .viewer, .source, .service: "1 to \(maximumLength) visible ASCII bytes"
    case .node: "1 to \(maximumLength) bytes"
    }
  }

  private var maximumLength: Int {
    self == .viewer ? LogLimits.maximumViewerLength : LogLimits.maximumNameLength
  }
}
