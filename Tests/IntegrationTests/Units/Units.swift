import Testing

/// Tests of MeterIO and of the command line that start neither a daemon nor another process. They
/// run in parallel, in about a second: `swift test --filter Units`.
@Suite struct Units {}
