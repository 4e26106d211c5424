import MeterIO

/// Runs the daemon until it is told to stop.
func runServe(_ settings: ServeSettings) -> ExitStatus {
  do throws(StartError) {
    try Daemon.run(settings)
    return .success
  } catch {
    printError(error.reason)
    return .failure
  }
}
