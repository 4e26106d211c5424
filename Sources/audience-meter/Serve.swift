import MeterIO

/// Runs the daemon until it is told to stop.
func runServe(_ settings: ServeSettings) -> ExitStatus {
  complain("serve is not built yet")
  return .failure
}
