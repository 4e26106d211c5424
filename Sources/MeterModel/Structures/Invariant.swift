// A broken invariant ends the process with a message, in release builds too: a wrong count is
// worse.

/// Crashes with `message` unless `condition` holds.
@inline(__always)
func invariant(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError("invariant broken: \(message())") }
}
