// A broken invariant ends the process with a message, in release builds too, because a wrong count
// would be worse than a crash.

/// Crashes with `message` unless `condition` holds.
@inline(__always)
func invariant(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError("invariant broken: \(message())") }
}
