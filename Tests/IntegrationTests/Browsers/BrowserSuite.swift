import Foundation
import Testing

/// The tests that share one browser, each with pages and a daemon of its own.
@Suite(.enabled(if: Browser.isInstalled, "needs chromium in PATH"), .sharedBrowser)
struct `In Chromium` {
  /// The browser of all tests in here.
  static var browser: Browser {
    get throws { try #require(SharedBrowser.current) }
  }
}

/// Runs one browser for all tests of a suite, and ends it after the last, whatever became of them.
struct SharedBrowser: SuiteTrait, TestScoping {
  @TaskLocal static var current: Browser?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    // A test's certificate is its own.
    try await Browser.run(flags: ["--ignore-certificate-errors"]) { browser in
      try await Self.$current.withValue(browser) { try await function() }
    }
  }
}

extension Trait where Self == SharedBrowser {
  static var sharedBrowser: Self { Self() }
}

extension Page {
  /// Writes what the page shows into the folder that `AUDIENCE_METER_SCREENSHOTS` names, if it
  /// does.
  func screenshot(named name: String) async throws {
    guard let folder = ProcessInfo.processInfo.environment["AUDIENCE_METER_SCREENSHOTS"],
      !folder.isEmpty
    else { return }
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try await screenshot(to: "\(folder)/\(name).png")
  }
}
