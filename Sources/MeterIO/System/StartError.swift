// Errors at the start of the daemon.

/// The reason why the daemon could not start.
package struct StartError: Error {
  /// One line for the operator.
  package let reason: String
}
