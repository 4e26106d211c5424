// The limits of a log of either form.

/// The longest names and texts of a log, in bytes.
package enum LogLimits {
  /// The longest name of a namespace or a node.
  package static let maximumNameLength = 255

  /// The longest viewer id.
  package static let maximumViewerLength = 128

  /// The longest text of a message, without escapes.
  package static let maximumTextLength = 65_536
}
