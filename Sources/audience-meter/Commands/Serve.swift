import MeterIO

/// Runs the daemon until a signal stops it.
func runServe(_ settings: ServeSettings) -> ExitStatus {
  do throws(StartError) {
    try Daemon.run(settings)
    return .success
  } catch {
    printError(error.reason)
    return .failure
  }
}
