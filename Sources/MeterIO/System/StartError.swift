// Why the daemon does not run.

/// Why the daemon could not start.
package struct StartError: Error {
  /// One line for the operator.
  package let reason: String
}
